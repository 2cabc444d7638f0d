/** The e-mail address and the name of a user: what a mail needs, and what a password must not contain. */
export interface UserContact {
  email: string;
  name: string;
  emailVerified?: boolean;
}
