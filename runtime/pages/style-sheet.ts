/** The style sheet of the pages of both processes: light and dark, for all screen sizes. */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --back: #f4f5f8; --card: #ffffff; --text: #1b1f2a; --soft: #545b6b; --line: #8a91a0;
  --accent: #2b50c8; --accent-text: #ffffff; --bad: #b3261e; --bad-back: #fdeceb; --focus: #1b1f2a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14161c; --card: #1d2029; --text: #eceef3; --soft: #b0b6c3; --line: #767d8e;
    --accent: #9db4ff; --accent-text: #10131b; --bad: #ffb4ab; --bad-back: #3b1a18; --focus: #ffffff;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem 1rem 3rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
header, main { max-width: 26rem; margin: 0 auto; }
main { background: var(--card); border-radius: 0.75rem; padding: 1.5rem; box-shadow: 0 1px 3px #0003; }
main.wide { max-width: 48rem; }
.brand { display: flex; align-items: center; justify-content: center; gap: 0.5rem; margin: 0.5rem 0 1rem; font-weight: 600; }
.brand svg { fill: var(--accent); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.125rem; margin: 1.5rem 0 0.5rem; }
p { margin: 0 0 1rem; }
main > :last-child { margin-bottom: 0; }
.soft { color: var(--soft); }
a { color: var(--accent); text-underline-offset: 0.15em; }
label { display: block; font-weight: 600; margin-bottom: 0.25rem; }
.field { margin-bottom: 1rem; }
.hint, .problem { margin: 0 0 0.375rem; font-size: 0.9375rem; }
.hint { color: var(--soft); }
.problem { color: var(--bad); font-weight: 600; }
input[type="text"], input[type="email"], input[type="password"] {
  width: 100%; padding: 0.625rem 0.75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 0.5rem;
}
input[aria-invalid="true"] { border: 2px solid var(--bad); }
.check { display: flex; gap: 0.625rem; align-items: flex-start; margin-bottom: 1rem; }
.check input { width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; flex: none; accent-color: var(--accent); }
.check label { font-weight: 400; margin: 0; }
button, .button {
  display: block; width: 100%; min-height: 2.75rem; padding: 0.5rem 1rem; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; cursor: pointer; border-radius: 0.5rem;
  border: 1px solid var(--accent); background: var(--accent); color: var(--accent-text);
}
.second { background: transparent; color: var(--accent); }
form + form, button + button, .or + form { margin-top: 0.75rem; }
form { margin: 0 0 1rem; }
.or { display: flex; align-items: center; gap: 0.75rem; color: var(--soft); margin: 1rem 0; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.summary { border: 2px solid var(--bad); background: var(--bad-back); border-radius: 0.5rem; padding: 0.75rem 1rem; margin: 0 0 1rem; }
.summary h2 { margin: 0 0 0.25rem; font-size: 1rem; color: var(--bad); }
.summary p, .summary ul { margin: 0; }
.summary ul { padding-left: 1.25rem; }
.summary a { color: var(--bad); }
.links { padding: 0; list-style: none; margin: 1rem 0 0; }
.links li { padding: 0.25rem 0; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.mail { border-top: 1px solid var(--line); padding-top: 1rem; margin-top: 1.5rem; }
.mail h2 { margin-top: 0; }
.mail dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 0.75rem; margin: 0 0 1rem; color: var(--soft); }
.mail dd { margin: 0; }
.mail pre { white-space: pre-wrap; font: inherit; margin: 0; }
.mail summary { cursor: pointer; color: var(--accent); }
.mail iframe { width: 100%; height: 20rem; border: 1px solid var(--line); border-radius: 0.5rem; background: #ffffff; color-scheme: light; margin-top: 0.75rem; }
.terms dt { margin-top: 1rem; }
.terms dd { margin: 0; }
@media (prefers-reduced-motion: no-preference) { button, .button { transition: filter 0.15s; } }
button:hover, .button:hover { filter: brightness(1.08); }
@media (forced-colors: active) { main { border: 1px solid; } .brand svg { fill: currentcolor; } }
`;

/** The outline of a gate, for an SVG of 24 by 24. */
export const BRAND_PATH = 'M3 21V10a9 9 0 0 1 18 0v11h-4V10a5 5 0 0 0-10 0v11zM11 13h2v8h-2z';

/** The same as the icon of a page. */
export const BRAND_ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#3056d3" d="${BRAND_PATH}"/></svg>`,
)}`;
