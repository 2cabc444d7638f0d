import type { RequestHandler } from 'express';
import type { MailboxEntry } from '../mail/mailer';
import { html, type Html } from '../../runtime/pages/html';
import type { Page } from './common/layout';
import { sendPage, wantsPage } from './common/page-answer';
import { TEXTS } from './common/texts';

const words = TEXTS.mailbox;

/** The HTML of a mail is shown in a frame: it may have its own style and links. */
const MAIL_POLICY = { 'frame-src': "'self'", 'style-src': "'self' 'unsafe-inline'" };

/**
 * The development mailbox: HTML for browsers, JSON for other clients. Not available in production.
 */
export function showMailbox(mailbox: readonly MailboxEntry[]): RequestHandler {
  return (request, response) => {
    if (wantsPage(request)) sendPage(response, { page: mailboxPage(mailbox), policy: MAIL_POLICY });
    else response.json({ items: mailbox });
  };
}

function mailboxPage(mailbox: readonly MailboxEntry[]): Page {
  const main = html`<p class="soft">${words.intro}</p>
    ${mailbox.length === 0 ? html`<p>${words.empty}</p>` : mailbox.map(renderMail)}`;
  return { title: words.title, main, wide: true };
}

function renderMail(mail: MailboxEntry): Html {
  return html`<article class="mail">
    <h2>${mail.subject}</h2>
    <dl>
      <dt>${words.to}</dt>
      <dd>${mail.to}</dd>
      <dt>${words.sentAt}</dt>
      <dd><time datetime="${mail.sentAt}">${mail.sentAt}</time></dd>
    </dl>
    <pre>${withLinks(mail.text)}</pre>
    <details>
      <summary>${words.asHtml}</summary>
      <iframe
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        title="${words.frame(mail.subject)}"
        srcdoc="${inFrame(mail.html)}"
      ></iframe>
    </details>
  </article>`;
}

const ADDRESS = /(https?:\/\/[^\s<>"]+)/;

function withLinks(text: string): Html[] {
  return text
    .split(ADDRESS)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : html`${part}`));
}

/** A sandbox without scripts, forms and origin; links open in another tab. */
function inFrame(markup: string): string {
  return `<base target="_blank">${markup}`;
}
