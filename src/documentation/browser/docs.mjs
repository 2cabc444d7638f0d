import {
  currentToken,
  forgetTokens,
  freshToken,
  hasExpired,
  leaveToSignIn,
  loadConfig,
  signOut,
} from './sign-in.mjs';

/** Name of the security scheme in the document. */
const SCHEME = 'oauth2';

/** Name of the security scheme of service accounts. */
const SERVICE_ACCOUNTS = 'machine';

const config = await loadConfig();
// Requests go to the API's own address, and the page's policy lets none go elsewhere.
if (location.origin !== new URL(config.apiUrl).origin) location.replace(`${config.apiUrl}/docs`);

const ui = window.SwaggerUIBundle({
  dom_id: '#swagger-ui',
  urls: [
    { name: 'API', url: '/openapi.json' },
    { name: 'Auth server', url: '/openapi-auth.json' },
    { name: 'Both', url: '/openapi-all.json' },
  ],
  layout: 'StandaloneLayout',
  presets: [window.SwaggerUIBundle.presets.apis, window.SwaggerUIStandalonePreset],
  plugins: [
    () => ({
      statePlugins: {
        auth: { wrapActions: { authPopup, logout, showDefinitions } },
        spec: { wrapActions: { updateJsonSpec } },
      },
      // The logo brings a style of its own along, which the page's policy refuses.
      components: { Logo: () => null },
    }),
  ],
  deepLinking: true,
  displayOperationId: true,
  // Documents come from here alone, and none of them is sent to a validator elsewhere.
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  oauth2RedirectUrl: `${location.origin}/docs/oauth2-redirect.html`,
  requestInterceptor: renewToken,
  responseInterceptor: noticeEnd,
  onComplete: showWhoIsIn,
});

ui.initOAuth({
  clientId: config.clientId,
  scopes: config.scopes.split(' '),
  usePkceWithAuthorizationCodeGrant: true,
  additionalQueryStringParams: { resource: config.audience },
});

/** In place of a window of its own. */
function authPopup() {
  return (address, { auth, redirectUrl }) => {
    const { codeVerifier, clientId } = auth;
    leaveToSignIn({ address, codeVerifier, redirectUri: redirectUrl, clientId });
    return { type: 'gatehouse_left_to_sign_in' };
  };
}

/**
 * Swagger UI moves the focus to the field for a token, below the first method. The dialog opens at
 * its first method instead: the sign-in.
 */
function showDefinitions(original) {
  return (definitions) => {
    const action = original(definitions);
    if (definitions) requestAnimationFrame(focusFirstMethod);
    return action;
  };
}

function focusFirstMethod() {
  document.querySelector('.dialog-ux .modal-ux-content')?.scrollTo(0, 0);
  document.querySelector('.dialog-ux .auth-btn-wrapper button')?.focus({ preventScroll: true });
}

/** The lock opens when the session has ended. */
function logout(original) {
  return async (names) => {
    try {
      if (names.includes(SCHEME)) await signOut(config);
      original(names);
    } catch ({ message }) {
      // The attempt may have renewed the token.
      showWhoIsIn();
      ui.errActions.newAuthErr({ authId: SCHEME, level: 'error', source: 'auth', message });
    }
  };
}

/**
 * Removes what this page does not use. Swagger UI fills in a form with the examples of its parameters. Optional
 * parameters stay empty: an example of a filter or of a cursor would find nothing.
 */
function updateJsonSpec(original) {
  return (document) => {
    const operations = Object.values(document?.paths ?? {}).flatMap((path) => Object.values(path));
    // A user cannot sign in as a service account, and a browser must not hold its secret.
    delete document?.components?.securitySchemes?.[SERVICE_ACCOUNTS];
    for (const operation of operations) {
      const { parameters = [], security } = operation;
      if (security) operation.security = security.filter((scheme) => !(SERVICE_ACCOUNTS in scheme));
      for (const parameter of parameters.filter(({ required }) => !required)) {
        parameter.schema = withoutReference(parameter.schema, document);
        delete parameter.example;
        delete parameter.examples;
        delete parameter.schema?.example;
        delete parameter.schema?.examples;
      }
    }
    return original(document);
  };
}

/** A schema that is shared stays as it is for the others. */
function withoutReference(schema, { components }) {
  const [, name] = /^#\/components\/schemas\/(\w+)$/.exec(schema?.$ref ?? '') ?? [];
  return name ? { ...components.schemas[name] } : schema;
}

/** What Swagger UI would send is the token of the moment of signing in. */
async function renewToken(request) {
  const held = currentToken();
  if (held === null || request.headers?.Authorization !== `Bearer ${held}`) return request;
  const token = await freshToken(config);
  if (token === null) delete request.headers.Authorization;
  else request.headers.Authorization = `Bearer ${token}`;
  showWhoIsIn();
  return request;
}

/** The session may have been ended elsewhere. Swagger UI gives a header with a comma as a list. */
function noticeEnd(response) {
  const challenge = String(response.headers?.['www-authenticate']);
  if (response.status === 401 && !hasExpired() && challenge.includes('invalid_token')) {
    forgetTokens();
    showWhoIsIn();
  }
  return response;
}

/** After a document is loaded, also after a reload: every document has its own scheme. */
function showWhoIsIn() {
  const schemes = ui.specSelectors.securityDefinitions();
  const schema = schemes?.getIn([SCHEME]);
  const token = currentToken();
  if (!schema) return;
  if (token === null) {
    if (ui.authSelectors.authorized().has(SCHEME)) ui.authActions.logout([SCHEME]);
    return;
  }
  ui.authActions.authorizeOauth2({
    auth: { name: SCHEME, schema, clientId: config.clientId, scopes: config.scopes.split(' ') },
    token: { access_token: token, token_type: 'Bearer' },
  });
}
