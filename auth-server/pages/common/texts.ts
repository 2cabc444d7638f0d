import { API_SCOPES, API_SCOPE_TEXTS } from '../../../contract';

/** All texts of the pages. A translation is another object of this type. */
export const TEXTS = {
  language: 'en',
  product: 'Gatehouse',
  errorSummary: 'There is a problem',

  fields: {
    email: 'E-mail',
    name: 'Name',
    password: 'Password',
    newPassword: 'New password',
    repeatPassword: 'New password again',
    passwordHint: (characters: number) =>
      `At least ${characters} characters. A few words in a row are easy to keep in mind.`,
    totp: 'Code from your authenticator app',
    recoveryCode: 'Recovery code',
    trustDevice: 'Do not ask again on this device for 30 days',
  },

  signIn: {
    title: 'Sign in',
    submit: 'Sign in',
    forgot: 'Forgot your password?',
    noAccount: 'No account yet?',
    signUp: 'Sign up',
    or: 'or',
    continueWith: (provider: string) => `Continue with ${provider}`,
    passkey: 'Sign in with a passkey',
    passkeyFailed: 'The passkey did not work. Try again, or use your password.',
    toClient: (client: string) => `to continue to ${client}`,
    oidcProvider: 'single sign-on',
  },
  signUp: {
    title: 'Sign up',
    submit: 'Create the account',
    haveAccount: 'Have an account already?',
    signIn: 'Sign in',
    mailSent: {
      title: 'Check your mail',
      text: 'Open the link in the mail that we have just sent you. Then sign in.',
      note: 'Nothing there after a few minutes? Look into the spam folder, and check the address.',
    },
  },
  twoFactor: {
    title: 'Second step',
    intro: 'Your password was right. One more proof that it is you:',
    noSignIn:
      'This step comes after the password, and no sign-in waits for it in this browser. Sign in first.',
    signIn: 'Sign in',
    submit: 'Continue',
    useRecovery: 'Use a recovery code instead',
    useTotp: 'Use the authenticator app instead',
    startAgain: 'Start again',
  },
  forgotPassword: {
    title: 'Forgot your password?',
    intro: 'We send you a link with which you can set a new one.',
    submit: 'Send the link',
    back: 'Back to sign in',
    sent: {
      title: 'Check your mail',
      text: 'If there is an account with this address, a link is on its way. It works for an hour.',
    },
  },
  resetPassword: {
    title: 'Set a new password',
    submit: 'Set the password',
    done: {
      title: 'Your new password is set',
      text: 'All your devices were signed out. Sign in with the new password.',
    },
    invalid: {
      title: 'This link no longer works',
      text: 'It was used already, or it is too old.',
      again: 'Ask for a new link',
    },
  },
  verifyEmail: {
    open: {
      sign_up: {
        title: 'Confirm your e-mail address',
        text: (address: string) => `Is ${address} your address, and did you sign up with it?`,
        submit: 'Confirm the address',
      },
      confirm_change: {
        title: 'Confirm the change of your e-mail address',
        text: (address: string) =>
          `Your account will use the address ${address}. If you did not ask for this, close this page, set a new password and end your sessions.`,
        submit: 'Confirm the change',
      },
      new_address: {
        title: 'Confirm your new e-mail address',
        text: (address: string) =>
          `Your account will use the address ${address}. If you did not ask for this, close this page.`,
        submit: 'Use this address',
      },
    },
    done: {
      sign_up: { title: 'Your e-mail address is confirmed', text: 'You can sign in.' },
      confirm_change: {
        title: 'The change is confirmed',
        text: 'Open the mail to the new address for the last step.',
      },
      new_address: {
        title: 'Your new e-mail address is confirmed',
        text: 'Your account uses this address.',
      },
    },
    expired: {
      title: 'This link is too old',
      text: 'Sign in: you get a new link if the address still needs one. Ask again for a change of the address.',
    },
    void: {
      title: 'This link no longer works',
      text: 'It is incomplete, or the account has changed since. Sign in: you get a new link if the address still needs one. Ask again for a change of the address.',
    },
    back: 'Back to the application',
  },
  emailVerified: {
    title: 'Your e-mail address is confirmed',
    text: 'You can go back to where you came from, or sign in here.',
    failed: {
      title: 'The address could not be confirmed',
      text: 'The link was used already, or it is too old. Sign in, and you get a new one.',
    },
  },
  consent: {
    title: (client: string) => `${client} asks for access`,
    signedInAs: (email: string) => `You are signed in as ${email}.`,
    intro: (client: string) => `${client} would be able to:`,
    /** A scope of another resource server, with the texts of an administrator. */
    atResource: (description: string, resource: string) => `${description} (${resource})`,
    /** What a token contains with every scope. */
    always: 'It also learns the id of your account, your role, and when and how you signed in.',
    returnsTo: (host: string) => `You will go back to ${host}.`,
    /**
     * What each scope opens, in full: test/oauth/consent-texts.spec.ts compares the texts with the
     * routes. A scope of the API has its text in the
     * feature that declares it. A scope that is not listed is shown by its name.
     */
    scopes: new Map<string, string>([
      ['openid', 'see the id of your account'],
      ['profile', 'see your name, your picture and when your account was created and last changed'],
      ['email', 'see your e-mail address and whether it is verified'],
      ['offline_access', 'keep this access while you do not use it, until you sign out'],
      ...API_SCOPES.map((scope) => [scope, API_SCOPE_TEXTS[scope].consent] as const),
    ]),
    accept: 'Allow',
    deny: 'Refuse',
  },
  signOut: {
    title: 'Sign out?',
    text: 'The application that you come from asks to sign you out here as well.',
    submit: 'Sign out',
    stay: 'Stay signed in',
  },
  signedOut: {
    title: 'You are signed out',
    text: 'Close the browser if other people use this device.',
    again: 'Sign in again',
  },
  home: {
    title: 'Gatehouse',
    intro: 'The auth server: it signs people in and issues access tokens.',
    signedInAs: (email: string) => `You are signed in as ${email}.`,
    documentation: 'Documentation of the API',
    mailbox: 'Development mailbox',
    health: 'Health',
  },
  continuation: {
    title: 'One moment',
    text: 'You are on your way.',
    link: 'Continue',
  },
  mailbox: {
    title: 'Development mailbox',
    intro: 'Mails that would go out if a mail server were set. Newest first.',
    empty:
      'No mail yet. A sign-up sends one only with REQUIRE_EMAIL_VERIFICATION=true; a forgotten password always does.',
    to: 'To',
    sentAt: 'Sent',
    asHtml: 'HTML',
    frame: (subject: string) => `Mail: ${subject}`,
  },

  /** By the error code of Better-Auth or of the page. */
  errors: {
    EMAIL_NEEDED: 'Enter your e-mail address.',
    PASSWORD_NEEDED: 'Enter your password.',
    NAME_NEEDED: 'Enter your name.',
    CODE_NEEDED: 'Enter the code.',
    PASSWORDS_DIFFER: 'The two passwords are not the same.',
    INVALID_EMAIL: 'Enter an e-mail address like name@example.com.',
    INVALID_EMAIL_OR_PASSWORD: 'The e-mail address or the password is not right.',
    INVALID_NAME: 'Enter a name of at most 200 characters, without control characters.',
    EMAIL_NOT_VERIFIED:
      'Confirm your address first: open the link in the mail that we have just sent you.',
    BANNED_USER: 'This account is banned. Ask an administrator.',
    UNKNOWN_ROLE: 'This account has a role that does not exist here. Ask an administrator.',
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL:
      'No account can be made with this address. If it is yours, sign in or set a new password.',
    PASSWORD_TOO_SHORT: 'The password is too short.',
    PASSWORD_TOO_LONG: 'The password is too long.',
    PASSWORD_TOO_COMMON: 'Many people use this password, so it is easy to guess. Take another one.',
    PASSWORD_BREACHED: 'This password is known from a data leak. Take another one.',
    INVALID_CODE: 'The code is not right. Codes change every 30 seconds.',
    INVALID_BACKUP_CODE: 'The recovery code is not right, or it was used already.',
    INVALID_TWO_FACTOR_COOKIE: 'That took too long. Sign in again.',
    TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'Too many wrong codes. Sign in again.',
    ACCOUNT_TEMPORARILY_LOCKED: 'Too many wrong codes. Wait a while, then sign in again.',
    INVALID_USER: 'Another user is signed in here. Sign out first, then open the link again.',
    ALREADY_SIGNED_IN: 'You are signed in already.',
    COOKIES_NEEDED: 'Your browser does not keep cookies of this site. Allow them and try again.',
    TOO_MANY_REQUESTS: 'Too many attempts. Wait a moment, then try again.',
    OTHER: 'This did not work. Check what you entered and try again.',
  },

  /** The texts of the page /error, by code. */
  failures: {
    access_denied: 'You did not allow the sign-in, or the other side refused it.',
    expired:
      'This request is too old, or it was changed on its way. Start again where you came from.',
    foreign:
      'This form was sent from another site, or the page was opened at an address that is not its own. Begin again at the start.',
    invalid_client: 'The application that sent you is not known here.',
    client_disabled: 'The application that sent you is switched off here.',
    invalid_redirect: 'The application that sent you named an address that is not its own.',
    account_not_linked:
      'There is an account with this e-mail address already. Sign in to it first, then add this way of signing in.',
    email_not_verified: 'The other side has not confirmed your e-mail address.',
    provider_failed:
      'The other side did not answer as it should. Try again, or sign in another way.',
    signup_disabled: 'No account can be made this way.',
    banned: 'This account is banned. Ask an administrator.',
    unknown_role: 'This account has a role that does not exist here. Ask an administrator.',
    credentials_changed: 'The way to sign in to this account has just changed. Sign in again.',
    too_many: 'This account has as many ways to sign in as are allowed. Remove one first.',
    too_many_requests: 'Too many requests came from your network. Wait a minute and try again.',
    unavailable: 'Part of the system cannot be reached. Try again soon.',
    impersonation:
      'You act as another user. Only the user can allow an application the access it asks for.',
    method: 'This page cannot be used that way.',
    not_found: 'There is nothing at this address.',
    too_large: 'That is more than the form takes.',
    unknown: 'Something went wrong here. Try again, and tell us if it stays like this.',
  },
  failure: { title: 'That did not work', code: 'Code', requestId: 'Request', home: 'To the start' },
};

export type ErrorCode = keyof typeof TEXTS.errors;
export type FailureCode = keyof typeof TEXTS.failures;
