// Made from openapi.json by `npm run generate`, as docs/guides/typed-client.md shows.

export interface paths {
    "/api/v1/auth/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign up with e-mail address and password
         * @description Answers 201 with a session, or 202 where the e-mail address must be verified first (`REQUIRE_EMAIL_VERIFICATION`): then the answer is the same for a taken e-mail address. Open to everyone.
         */
        post: operations["signUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with e-mail address and password
         * @description Open to everyone.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a new access token
         * @description Open to everyone.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session: its access tokens and its refresh token are refused from now on. For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the current session and its user
         * @description For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["getSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/two-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pass the second step of a sign-in
         * @description Takes the `challenge` of `/auth/sign-in` and a code of the authenticator app, or a recovery code, which works once. A challenge is valid for five minutes, one success and five attempts; after five wrong codes in a row the account waits longer each time (429, Retry-After). Open to everyone.
         */
        post: operations["passSecondStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read your own profile
         * @description An OAuth client that acts for you reads the fields of its scopes. For every signed-in user. OAuth clients: scope `profile`. Closed to service accounts.
         */
        get: operations["getOwnProfile"];
        put?: never;
        post?: never;
        /**
         * Delete your own account
         * @description Deletes every row of yours: profile, sessions, sign-in methods. For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        delete: operations["deleteOwnAccount"];
        options?: never;
        head?: never;
        /**
         * Change your own profile
         * @description For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        patch: operations["updateOwnProfile"];
        trace?: never;
    };
    "/api/v1/users/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your own sessions
         * @description For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["listOwnSessions"];
        put?: never;
        post?: never;
        /**
         * End all your other sessions
         * @description For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of your own sessions
         * @description For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        delete: operations["endOwnSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your own sign-in methods
         * @description For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["listOwnAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export your own data
         * @description For every signed-in user. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["exportOwnData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a user
         * @description Yourself; administrators read anyone. An OAuth client that acts for you reads the fields of its scopes; it reads other users for an administrator with the scope `users:read`. For every signed-in user. OAuth clients: scope `profile`. Closed to service accounts.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow access events
         * @description Each end or change of access as a server-sent event. A request that accepts `text/event-stream` by name stays open. Another request gets the kept events and ends. The event `current` says that the reader has everything that was committed at its `time`. The event `reload` says that events may be missing: nothing that the reader knows is certain. The stream ends with the access of the reader. Role: admin. OAuth clients and service accounts: scope `access-events:read`.
         */
        get: operations["followAccessEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Newest first by default. Pages follow each other by `nextCursor` or `Link`. Role: admin. OAuth clients and service accounts: scope `users:read`.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create a user
         * @description Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a user as an administrator
         * @description Role: admin. OAuth clients and service accounts: scope `users:read`.
         */
        get: operations["getUserAsAdmin"];
        put?: never;
        post?: never;
        /**
         * Delete a user
         * @description Deletes every row of the user. Issued access tokens are refused at once. Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change a user's profile
         * @description A new e-mail address is not verified, unless `emailVerified` is true. Administrators change their own e-mail address by mail instead (403). Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/api/v1/admin/users/{id}/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a user a mail to set a new password
         * @description Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/impersonate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Act as a user
         * @description Begins a session with the id of the acting administrator. Administrators cannot be impersonated. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        post: operations["impersonateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a user's role
         * @description Applies from the next request of the user, who does not have to sign in again. Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        put: operations["setUserRole"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/ban": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Ban a user
         * @description Ends all sessions of the user. Issued access tokens are refused at once. Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        put: operations["banUser"];
        post?: never;
        /**
         * Lift a ban
         * @description Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        delete: operations["unbanUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/two-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a user's second factor
         * @description For a user who has lost it and the recovery codes. Ends the sessions of the user and removes the trusted devices; passkeys remain. Administrators remove their own second factor with their password instead. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        delete: operations["removeSecondFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/sign-in-methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove all of a user's sign-in methods
         * @description For an account that another person has taken over. Removes the password, the passkeys, the linked providers and the second factor, and ends the sessions, trusted devices and open links. After it, only a password that is set by mail gives access. Administrators cannot remove their own. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        delete: operations["removeSignInMethods"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a user's sessions
         * @description Role: admin. OAuth clients and service accounts: scope `users:read`.
         */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        /**
         * End all of a user's sessions
         * @description Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of a user's sessions
         * @description Role: admin. OAuth clients and service accounts: scope `users:write`.
         */
        delete: operations["endUserSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read statistics
         * @description Role: admin. OAuth clients and service accounts: scope `users:read`.
         */
        get: operations["getStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events
         * @description What happened, newest first. Nothing in it can be changed; events are removed when they are older than `AUDIT_RETENTION`. Pages follow each other by `nextCursor` or `Link`. Role: admin. OAuth clients and service accounts: scope `audit:read`.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List OAuth clients
         * @description Newest first. Pages follow each other by `nextCursor` or `Link`. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["listClients"];
        put?: never;
        /**
         * Register an OAuth client
         * @description Only this answer contains the secret of a confidential client or a service account. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        post: operations["createClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/clients/{clientId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an OAuth client
         * @description Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["getClient"];
        put?: never;
        post?: never;
        /**
         * Delete an OAuth client
         * @description Its tokens are refused at once, and the consents of users are deleted. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        delete: operations["deleteClient"];
        options?: never;
        head?: never;
        /**
         * Change an OAuth client
         * @description A disabled client and removed scopes apply to the next request with any of its tokens. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        patch: operations["updateClient"];
        trace?: never;
    };
    "/api/v1/admin/clients/{clientId}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a new secret for an OAuth client
         * @description The old secret is refused from now on. Issued access tokens remain valid. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        post: operations["rotateClientSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/clients/{clientId}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replace the public keys of an OAuth client
         * @description For a client that was registered with keys. A removed key is refused at once. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        put: operations["replaceClientKeys"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List resources
         * @description The audiences of tokens: this API and the registered resource servers. Newest first. Pages follow each other by `nextCursor` or `Link`. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["listResources"];
        put?: never;
        /**
         * Register a resource
         * @description Another backend that accepts tokens of this server. Clients can have its scopes from now on. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        post: operations["createResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/resources/{resourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a resource
         * @description Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["getResource"];
        put?: never;
        post?: never;
        /**
         * Delete a resource
         * @description Its tokens are no longer active, and its scopes are removed from clients. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        delete: operations["deleteResource"];
        options?: never;
        head?: never;
        /**
         * Change a resource
         * @description A removed scope gives nothing from then on: it is removed from clients, and the consents and grants with it end, those of many users within minutes. The identifier cannot be changed. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        patch: operations["updateResource"];
        trace?: never;
    };
    "/api/v1/admin/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List streams of security events
         * @description Newest first. Pages follow each other by `nextCursor` or `Link`. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["listEventStreams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/streams/{streamId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries of a stream
         * @description Newest first: what waits, what the receiver acknowledged or refused, and the last error. The log is kept for seven days, and at most 10,000 deliveries of a stream. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        get: operations["listEventDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/streams/{streamId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay deliveries of a stream
         * @description Events that were delivered or refused wait for the receiver again, with the same `jti`: the oldest first, and at most 1,000 wait. A stream that was paused because its endpoint failed for a day is enabled. Role: admin. Closed to service accounts, and to OAuth clients that are not first-party.
         */
        post: operations["replayEventDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process runs
         * @description Open to everyone.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the API can serve requests
         * @description Names each part that the API depends on. Open to everyone.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description Served on `METRICS_PORT` instead where that is set, and in production only there. Open to everyone.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Links to the documentation
         * @description Open to everyone.
         */
        get: operations["getEntrance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all problem codes
         * @description Open to everyone.
         */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a problem code means
         * @description The URL in a problem's `type`. Open to everyone.
         */
        get: operations["getProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        SignUp: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * Format: password
             * @example correct horse battery staple
             */
            password: string;
            /** @example Ada Lovelace */
            name: string;
        };
        /** @description A new session: its user and its tokens */
        SignedIn: {
            /**
             * @description JWT for the Authorization header
             * @example eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln
             */
            accessToken: string;
            /** @enum {string} */
            tokenType: "Bearer";
            /**
             * @description Lifetime of the access token in seconds
             * @example 900
             */
            expiresIn: number;
            /**
             * @description Keep it secret: it gives access to the session
             * @example kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D
             */
            refreshToken: string;
            user: components["schemas"]["User"];
        };
        User: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            id: string;
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /** @example true */
            emailVerified: boolean;
            /** @example Ada Lovelace */
            name: string;
            /**
             * @description URL of a picture
             * @example https://example.com/ada.png
             */
            image: string | null;
            role: components["schemas"]["Role"];
            /** @description Whether a ban is in force */
            banned: boolean;
            banReason: string | null;
            /**
             * @description When the ban ends; null: never
             * @example null
             */
            banExpires: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            updatedAt: string;
        };
        VerificationRequired: {
            /** @enum {boolean} */
            verificationRequired: true;
        };
        SignIn: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * Format: password
             * @example correct horse battery staple
             */
            password: string;
        };
        /** @description The password is correct; a second factor is required */
        TwoFactorRequired: {
            /** @enum {boolean} */
            twoFactorRequired: true;
            /**
             * @description Proof of the first step, valid for five minutes; send it with a code to `/auth/two-factor`
             * @example 2fa-Xw4zTn8sGv2yPb6mCd1h.q0rYg6kuX9DI23Dr3jJ4YiEQx80xlR83mTAgQFzETzI%3D
             */
            challenge: string;
        };
        Refresh: {
            /** @example kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D */
            refreshToken: string;
        };
        Tokens: {
            /**
             * @description JWT for the Authorization header
             * @example eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln
             */
            accessToken: string;
            /** @enum {string} */
            tokenType: "Bearer";
            /**
             * @description Lifetime of the access token in seconds
             * @example 900
             */
            expiresIn: number;
            /**
             * @description Keep it secret: it gives access to the session
             * @example kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D
             */
            refreshToken: string;
        };
        SessionAndUser: {
            session: components["schemas"]["Session"];
            user: components["schemas"]["User"];
        };
        Session: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @example 2026-11-30T09:30:00.000Z
             */
            expiresAt: string;
            /** @example 203.0.113.7 */
            ipAddress: string | null;
            /** @example Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0 */
            userAgent: string | null;
            /** @description Id of the administrator who acts as this user */
            impersonatedBy: string | null;
            /**
             * @description Whether the access token belongs to this session
             * @example true
             */
            current: boolean;
        };
        TwoFactor: {
            /** @example 2fa-Xw4zTn8sGv2yPb6mCd1h.q0rYg6kuX9DI23Dr3jJ4YiEQx80xlR83mTAgQFzETzI%3D */
            challenge: string;
            /**
             * @description Six digits of the authenticator app, or a recovery code
             * @example 492039
             */
            code: string;
        };
        /** @description What an OAuth client reads of the user it acts for: the fields of the scope `profile`; `email` and `emailVerified` with the scope `email` */
        ClientUser: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            id: string;
            /** @example Ada Lovelace */
            name: string;
            /**
             * @description URL of a picture
             * @example https://example.com/ada.png
             */
            image: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            updatedAt: string;
            /**
             * Format: email
             * @example ada@example.com
             */
            email?: string;
            /** @example true */
            emailVerified?: boolean;
        };
        UpdateProfile: {
            /** @example Ada King */
            name?: string;
            /** @description null removes the picture */
            image?: string | null;
        };
        SessionList: {
            items: components["schemas"]["Session"][];
        };
        AccountList: {
            items: components["schemas"]["Account"][];
        };
        /** @description One way in which a user signs in, without its secrets */
        Account: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            id: string;
            /**
             * @description `credential` is a password here; anything else another provider
             * @example credential
             */
            providerId: string;
            /**
             * @description Id of the user at the provider
             * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
             */
            accountId: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
        };
        /** @description The stored data of a user, without secrets. Not contained, because they exist for hours or a few days: links that were sent, sign-ins before their second step, queued mails, counters of limits, stored responses of idempotent requests, and the outbox of access events. */
        UserExport: {
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            exportedAt: string;
            user: components["schemas"]["User"];
            accounts: components["schemas"]["Account"][];
            secondFactor: components["schemas"]["SecondFactor"];
            passkeys: components["schemas"]["Passkey"][];
            /** @description Also those that have expired, which are stored for about a day */
            sessions: components["schemas"]["Session"][];
            grants: components["schemas"]["Grant"][];
            clientTokens: components["schemas"]["ClientToken"][];
            /** @description Your data in the installed features, by the name of the feature */
            features?: Record<string, never>;
            /** @description What you did and what was done to you, newest first */
            auditEvents: components["schemas"]["AuditEvent"][];
        };
        /** @description Its stored data, without its secrets */
        SecondFactor: {
            /** @description Whether a sign-in with the password requires a code */
            enabled: boolean;
            /** @description Devices without the second factor */
            trustedDevices: {
                /**
                 * Format: date-time
                 * @example 2026-11-23T09:30:00.000Z
                 */
                createdAt: string;
                /**
                 * Format: date-time
                 * @example 2026-11-23T09:30:00.000Z
                 */
                expiresAt: string;
            }[];
        };
        /** @description A key of one of the devices, without the key */
        Passkey: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            id: string;
            name: string | null;
            /** @example multiDevice */
            deviceType: string;
            /** @description Whether a provider keeps a copy for the other devices */
            backedUp: boolean;
            createdAt: string | null;
        };
        /** @description What the user has allowed an OAuth client */
        Grant: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            clientId: string;
            /** @example Back office */
            name: string;
            /**
             * @example [
             *       "openid",
             *       "profile"
             *     ]
             */
            scopes: string[];
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            updatedAt: string;
        };
        /** @description A refresh token of an OAuth client, without the token itself */
        ClientToken: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            clientId: string;
            /** @description The session in which it was granted, while that exists */
            sessionId: string | null;
            /**
             * @example [
             *       "openid",
             *       "profile"
             *     ]
             */
            scopes: string[];
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            expiresAt: string;
            revokedAt: string | null;
        };
        AuditEvent: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            occurredAt: string;
            /**
             * @description What happened; docs/guides/audit.md lists them all
             * @example user.signed_in
             */
            action: string;
            /** @enum {string} */
            outcome: "success" | "failure";
            /** @description The actor */
            actor: {
                /** @enum {string} */
                type: "user" | "client" | "system" | "anonymous";
                /** @description null for `system` and `anonymous` */
                id: string | null;
            };
            /** @description The administrator who acted as the user */
            impersonatorId: string | null;
            /** @description What was changed */
            subject: {
                /**
                 * @description One of user, key, client, resource, stream, or of a feature that was removed
                 * @example user
                 */
                type: string;
                /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
                id: string;
            } | null;
            ipAddress: string | null;
            userAgent: string | null;
            /** @description The `X-Request-Id` of the request */
            requestId: string | null;
            /** @description The changed fields before the change; never a credential */
            before: Record<string, never> | null;
            /** @description The changed fields after the change; never a credential */
            after: Record<string, never> | null;
            /** @description Further facts: the method of a sign-in, `clientId` of the OAuth client that acted for the user */
            detail: Record<string, never> | null;
        };
        /**
         * @description The closed list of roles
         * @example user
         * @enum {string}
         */
        Role: "admin" | "user";
        UserPage: {
            items: components["schemas"]["User"][];
            /** @description null on the last page */
            nextCursor: string | null;
            /** @example 1 */
            total?: number;
        };
        CreateUser: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * Format: password
             * @description Without it the user cannot sign in yet
             * @example correct horse battery staple
             */
            password?: string;
            /** @example Ada Lovelace */
            name: string;
            role?: components["schemas"]["Role"];
        };
        UpdateUser: {
            /**
             * Format: email
             * @example ada@example.com
             */
            email?: string;
            /** @example true */
            emailVerified?: boolean;
            /** @example Ada King */
            name?: string;
            /** @description null removes the picture */
            image?: string | null;
        };
        SetRole: {
            role: components["schemas"]["Role"];
        };
        Ban: {
            /** @example Sent spam */
            reason?: string;
            /**
             * Format: date-time
             * @description When the ban ends; without it: never
             * @example 2099-12-31T00:00:00Z
             */
            expiresAt?: string;
        };
        Statistics: {
            /** @example 3 */
            users: number;
            /**
             * @description Users whose e-mail address is verified
             * @example 3
             */
            verified: number;
            /**
             * @description Users under a ban in force
             * @example 3
             */
            banned: number;
            /** @example 3 */
            admins: number;
            /**
             * @description Sessions in force
             * @example 3
             */
            sessions: number;
            /** @description The last 30 days in UTC, today last */
            signUpsByDay: {
                /**
                 * Format: date
                 * @example 2026-11-23
                 */
                day: string;
                /** @example 3 */
                count: number;
            }[];
        };
        AuditEventPage: {
            items: components["schemas"]["AuditEvent"][];
            /** @description null on the last page */
            nextCursor: string | null;
        };
        ClientPage: {
            items: components["schemas"]["Client"][];
            /** @description null on the last page */
            nextCursor: string | null;
        };
        Client: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            clientId: string;
            /** @example Back office */
            name: string;
            /**
             * @description `public`: runs where a secret cannot be kept, in a browser or an app. `confidential`: runs on a server and has a secret or keys. `machine`: acts for itself, by its secret or keys alone
             * @enum {string}
             */
            type: "public" | "confidential" | "machine";
            /**
             * @example [
             *       "https://app.example.com/callback"
             *     ]
             */
            redirectUris: string[];
            /**
             * @example [
             *       "authorization_code",
             *       "refresh_token"
             *     ]
             */
            grantTypes: string[];
            /**
             * @example [
             *       "openid",
             *       "profile",
             *       "email",
             *       "offline_access"
             *     ]
             */
            scopes: string[];
            /** @description Whether users are not asked for consent, and the role of the user decides alone */
            firstParty: boolean;
            disabled: boolean;
            /**
             * @description Its public keys; a client with a secret has none
             * @example {
             *       "keys": [
             *         {
             *           "kty": "EC",
             *           "crv": "P-256",
             *           "kid": "2026-11",
             *           "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
             *           "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
             *         }
             *       ]
             *     }
             */
            jwks?: {
                keys: Record<string, never>[];
            };
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
        };
        CreateClient: {
            /**
             * @description Shown to users who are asked for consent
             * @example Back office
             */
            name: string;
            /**
             * @description `public`: runs where a secret cannot be kept, in a browser or an app. `confidential`: runs on a server and has a secret or keys. `machine`: acts for itself, by its secret or keys alone
             * @example confidential
             * @enum {string}
             */
            type: "public" | "confidential" | "machine";
            /** @description Required, except for a service account */
            redirectUris?: string[];
            /**
             * @description Required for a service account, from users:read, users:write, audit:read, access-events:read, ssf:manage and the scopes of registered resources; other clients get openid, profile, email, offline_access by default
             * @example [
             *       "openid",
             *       "profile",
             *       "email",
             *       "offline_access"
             *     ]
             */
            scopes?: string[];
            /** @description For a front end of your own: users are not asked for consent, and the client may do what the role of the user allows, without scopes */
            firstParty?: boolean;
            jwks?: components["schemas"]["ClientKeys"];
        };
        /**
         * @description Public keys (RFC 7517). The client then has no secret and authenticates by a signed JWT (`private_key_jwt`, RFC 7523). To change keys, first add the new key, then remove the old one
         * @example {
         *       "keys": [
         *         {
         *           "kty": "EC",
         *           "crv": "P-256",
         *           "kid": "2026-11",
         *           "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
         *           "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
         *         }
         *       ]
         *     }
         */
        ClientKeys: {
            keys: {
                /** @enum {string} */
                kty: "RSA" | "EC" | "OKP";
                kid?: string;
                /** @enum {string} */
                use?: "sig";
                /** @enum {string} */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA";
                n?: string;
                e?: string;
                crv?: string;
                x?: string;
                y?: string;
            }[];
        };
        NewClient: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            clientId: string;
            /** @example Back office */
            name: string;
            /**
             * @description `public`: runs where a secret cannot be kept, in a browser or an app. `confidential`: runs on a server and has a secret or keys. `machine`: acts for itself, by its secret or keys alone
             * @enum {string}
             */
            type: "public" | "confidential" | "machine";
            /**
             * @example [
             *       "https://app.example.com/callback"
             *     ]
             */
            redirectUris: string[];
            /**
             * @example [
             *       "authorization_code",
             *       "refresh_token"
             *     ]
             */
            grantTypes: string[];
            /**
             * @example [
             *       "openid",
             *       "profile",
             *       "email",
             *       "offline_access"
             *     ]
             */
            scopes: string[];
            /** @description Whether users are not asked for consent, and the role of the user decides alone */
            firstParty: boolean;
            disabled: boolean;
            /**
             * @description Its public keys; a client with a secret has none
             * @example {
             *       "keys": [
             *         {
             *           "kty": "EC",
             *           "crv": "P-256",
             *           "kid": "2026-11",
             *           "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
             *           "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
             *         }
             *       ]
             *     }
             */
            jwks?: {
                keys: Record<string, never>[];
            };
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
            /**
             * @description Only this answer contains it; public clients and clients with keys have none
             * @example gFt3vYp0dH3sWm7uXeT5bRaNfLg2JoZk1cQ8
             */
            clientSecret?: string;
        };
        UpdateClient: {
            /**
             * @description Shown to users who are asked for consent
             * @example Back office
             */
            name?: string;
            /** @description Where a browser may be sent with a code, or after signing out */
            redirectUris?: string[];
            /**
             * @description What the client may be granted: scopes of this API, and of registered resources
             * @example [
             *       "openid",
             *       "profile",
             *       "email",
             *       "offline_access"
             *     ]
             */
            scopes?: string[];
            /** @description For a front end of your own: users are not asked for consent, and the client may do what the role of the user allows, without scopes */
            firstParty?: boolean;
            /** @description A disabled client gets no tokens, and its issued access tokens are refused at once */
            disabled?: boolean;
        };
        ClientSecret: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            clientId: string;
            /**
             * @description Only this answer contains it
             * @example gFt3vYp0dH3sWm7uXeT5bRaNfLg2JoZk1cQ8
             */
            clientSecret: string;
        };
        ResourcePage: {
            items: components["schemas"]["Resource"][];
            /** @description null on the last page */
            nextCursor: string | null;
        };
        Resource: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            id: string;
            /** @example https://orders.example.com */
            identifier: string;
            /** @example Orders */
            name: string;
            scopes: {
                /** @example orders:read */
                name: string;
                /** @example see your orders */
                description: string;
            }[];
            /** @description In seconds; `null`: `JWT_TTL`. No token lives longer than `JWT_TTL` */
            tokenLifetime: number | null;
            /**
             * @example [
             *       "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
             *     ]
             */
            clients: string[];
            /** @description Whether it is this API, whose scopes the code declares */
            builtIn: boolean;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
        };
        CreateResource: {
            /**
             * @description An absolute URI (RFC 8707): `resource` in requests, and the audience of the tokens
             * @example https://orders.example.com
             */
            identifier: string;
            /**
             * @description Shown to users who are asked for consent
             * @example Orders
             */
            name: string;
            /** @description A client gets a token for the resource when it is granted one of them */
            scopes: {
                /**
                 * @description Belongs to this resource only
                 * @example orders:read
                 */
                name: string;
                /**
                 * @description Completes "the client would be able to", for users who are asked for consent
                 * @example see your orders
                 */
                description: string;
            }[];
            /**
             * @description Of an access token, in seconds. `JWT_TTL` is the default (`null`) and the maximum
             * @example 300
             */
            tokenLifetime?: number | null;
            /** @description Client ids of the resource server: each may ask about every token for the resource (RFC 7662) */
            clients?: string[];
        };
        UpdateResource: {
            /**
             * @description Shown to users who are asked for consent
             * @example Orders
             */
            name?: string;
            /** @description All scopes: a scope that is missing is removed from clients and tokens */
            scopes?: {
                /**
                 * @description Belongs to this resource only
                 * @example orders:read
                 */
                name: string;
                /**
                 * @description Completes "the client would be able to", for users who are asked for consent
                 * @example see your orders
                 */
                description: string;
            }[];
            /**
             * @description Of an access token, in seconds. `JWT_TTL` is the default (`null`) and the maximum
             * @example 300
             */
            tokenLifetime?: number | null;
            /** @description All client ids */
            clients?: string[];
        };
        EventStreamPage: {
            items: components["schemas"]["EventStream"][];
            /** @description null on the last page */
            nextCursor: string | null;
        };
        EventStream: {
            /** @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo */
            streamId: string;
            /**
             * @description The service account that receives the events
             * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
             */
            clientId: string;
            description: string | null;
            /** @enum {string} */
            method: "push" | "poll";
            /**
             * @description Where events are pushed to
             * @example https://events.example.com/
             */
            endpointUrl: string | null;
            /** @enum {string} */
            status: "enabled" | "paused" | "disabled";
            statusReason: string | null;
            /**
             * @description Events that wait for the receiver
             * @example 0
             */
            pending: number;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
        };
        EventDeliveryPage: {
            items: components["schemas"]["EventDelivery"][];
            /** @description null on the last page */
            nextCursor: string | null;
        };
        EventDelivery: {
            /** @example 4711 */
            deliveryId: string;
            /**
             * @description Of the security event token: the same in each attempt
             * @example 5b1c8c1e-2c0a-4c62-9c3c-0f4c1f9a7d11
             */
            jti: string;
            /**
             * @description Name of the event: a URI
             * @example https://schemas.openid.net/secevent/caep/event-type/session-revoked
             */
            eventType: string;
            /**
             * @description Id of the user, or of the stream for events about the stream
             * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
             */
            subject: string;
            /**
             * @description `failed`: the receiver refused the event, and it is not sent again
             * @enum {string}
             */
            state: "pending" | "delivered" | "failed";
            /** @example 1 */
            attempts: number;
            /** @example status 503 */
            lastError: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T09:30:00.000Z
             */
            createdAt: string;
            finishedAt: string | null;
        };
        ReplayDeliveries: {
            /** @description These deliveries */
            deliveryIds?: string[];
            /**
             * Format: date-time
             * @description The deliveries of this time and later; with `deliveryIds`: of those
             * @example 2026-11-23T09:30:00.000Z
             */
            since?: string;
        };
        ReplayedDeliveries: {
            /**
             * @description Deliveries that wait again
             * @example 1
             */
            replayed: number;
        };
        Liveness: {
            /** @enum {string} */
            status: "ok";
        };
        Readiness: {
            /** @enum {string} */
            status: "ok" | "unavailable";
            checks: {
                database: {
                    /** @enum {string} */
                    status: "ok" | "unavailable";
                };
                signingKeys: {
                    /** @enum {string} */
                    status: "ok" | "unavailable";
                    /**
                     * @description Age of the key set in use
                     * @example 42
                     */
                    ageSeconds: number | null;
                };
                /** @description Not a condition of readiness: tokens are verified without it */
                authServer: {
                    /** @enum {string} */
                    status: "ok" | "unavailable";
                };
                /** @description Not a condition of readiness: without proof, each request queries the database */
                access: {
                    /**
                     * @description The current check of access
                     * @enum {string}
                     */
                    mode: "live" | "strict" | "token";
                    /**
                     * @description Age of the newest proof that changes are received; null without one
                     * @example 250
                     */
                    proofAgeMs: number | null;
                    /** @example 12 */
                    knownSessions: number;
                    /** @example 12 */
                    notifications: number;
                    /** @example 12 */
                    loads: number;
                    /**
                     * @description Discarded because a change arrived during the query
                     * @example 12
                     */
                    discardedLoads: number;
                };
            };
        };
        Entrance: {
            /** @example Gatehouse API */
            name: string;
            /**
             * @description Swagger UI
             * @example https://api.example.com/docs
             */
            documentation: string;
            /** @example https://api.example.com/openapi.json */
            openapi: string;
            /**
             * @description Every problem code and its meaning
             * @example https://api.example.com/problems
             */
            problems: string;
            /** @example https://api.example.com/api/v1 */
            api: string;
            /** @example https://api.example.com/api/auth */
            authServer: string;
            /** @example https://api.example.com/health/ready */
            health: string;
        };
        ProblemPages: {
            items: components["schemas"]["ProblemPage"][];
        };
        ProblemPage: {
            /** @example not_found */
            code: string;
            /** @example 404 */
            status: number;
            /** @example Not found */
            title: string;
            /** @example There is no such route or resource. */
            meaning: string;
        };
        /** @description Problem details (RFC 9457) */
        Problem: {
            /** @description URL of a page about this kind of problem */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description Path of the request */
            instance: string;
            /** @description Stable and machine-readable: branch on this */
            code: string;
            /** @description Id of the request in the logs */
            requestId: string;
            /** @description With 422: each unacceptable value, by RFC 6901 pointer */
            errors?: {
                pointer: string;
                detail: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description RFC 6750, section 3; `resource_metadata` names the metadata of the API (RFC 9728) */
        WwwAuthenticate: string;
        /** @description Seconds to wait */
        RetryAfter: number;
        /** @description The accepted coding, when the coding or the charset was refused (RFC 9110, section 15.5.16) */
        AcceptEncoding: string;
        /** @description Id of the request in the logs: the sent one when it is valid */
        XRequestId: string;
        /** @description Requests left (`r`) until the window ends (`t`, seconds); where requests are limited */
        RateLimit: string;
        /** @description Quota (`q`) of a window (`w`, seconds); where requests are limited */
        RateLimitPolicy: string;
        /** @description `true` when this is the answer to an earlier request with the same key */
        IdempotencyReplayed: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    signUp: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple",
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["SignUp"];
            };
        };
        responses: {
            /** @description Signed up and signed in */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln",
                     *       "tokenType": "Bearer",
                     *       "expiresIn": 900,
                     *       "refreshToken": "kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D",
                     *       "user": {
                     *         "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *         "email": "ada@example.com",
                     *         "emailVerified": true,
                     *         "name": "Ada Lovelace",
                     *         "image": "https://example.com/ada.png",
                     *         "role": "user",
                     *         "banned": false,
                     *         "banReason": null,
                     *         "banExpires": null,
                     *         "createdAt": "2026-11-23T09:30:00.000Z",
                     *         "updatedAt": "2026-11-23T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description A mail with a link was sent, unless the e-mail address is taken */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "verificationRequired": true
                     *     }
                     */
                    "application/json": components["schemas"]["VerificationRequired"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: No account has this e-mail address and password. The answer does not tell which of them is wrong. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `banned`: The account is banned and cannot sign in. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `email_taken`: Another account has this e-mail address.
             *
             *     `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Signed in, or the challenge of the second factor that is required */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln",
                     *       "tokenType": "Bearer",
                     *       "expiresIn": 900,
                     *       "refreshToken": "kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D",
                     *       "user": {
                     *         "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *         "email": "ada@example.com",
                     *         "emailVerified": true,
                     *         "name": "Ada Lovelace",
                     *         "image": "https://example.com/ada.png",
                     *         "role": "user",
                     *         "banned": false,
                     *         "banReason": null,
                     *         "banExpires": null,
                     *         "createdAt": "2026-11-23T09:30:00.000Z",
                     *         "updatedAt": "2026-11-23T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SignedIn"] | components["schemas"]["TwoFactorRequired"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: No account has this e-mail address and password. The answer does not tell which of them is wrong. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `banned`: The account is banned and cannot sign in.
             *
             *     `unknown_role`: The account has a role that does not exist here, and cannot sign in. An administrator has to give it another role.
             *
             *     `email_not_verified`: The e-mail address must be verified before the first sign-in. A mail with a link was sent.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refreshToken": "kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D"
                 *     }
                 */
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description A new access token for the same session */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln",
                     *       "tokenType": "Bearer",
                     *       "expiresIn": 900,
                     *       "refreshToken": "kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_refresh_token`: The refresh token is unknown, expired, or its session has ended. Sign in again. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session that the access token belongs to */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "session": {
                     *         "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *         "createdAt": "2026-11-23T09:30:00.000Z",
                     *         "updatedAt": "2026-11-23T09:30:00.000Z",
                     *         "expiresAt": "2026-11-30T09:30:00.000Z",
                     *         "ipAddress": "203.0.113.7",
                     *         "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
                     *         "impersonatedBy": null,
                     *         "current": true
                     *       },
                     *       "user": {
                     *         "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *         "email": "ada@example.com",
                     *         "emailVerified": true,
                     *         "name": "Ada Lovelace",
                     *         "image": "https://example.com/ada.png",
                     *         "role": "user",
                     *         "banned": false,
                     *         "banReason": null,
                     *         "banExpires": null,
                     *         "createdAt": "2026-11-23T09:30:00.000Z",
                     *         "updatedAt": "2026-11-23T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SessionAndUser"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    passSecondStep: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "challenge": "2fa-Xw4zTn8sGv2yPb6mCd1h.q0rYg6kuX9DI23Dr3jJ4YiEQx80xlR83mTAgQFzETzI%3D",
                 *       "code": "492039"
                 *     }
                 */
                "application/json": components["schemas"]["TwoFactor"];
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln",
                     *       "tokenType": "Bearer",
                     *       "expiresIn": 900,
                     *       "refreshToken": "kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D",
                     *       "user": {
                     *         "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *         "email": "ada@example.com",
                     *         "emailVerified": true,
                     *         "name": "Ada Lovelace",
                     *         "image": "https://example.com/ada.png",
                     *         "role": "user",
                     *         "banned": false,
                     *         "banReason": null,
                     *         "banExpires": null,
                     *         "createdAt": "2026-11-23T09:30:00.000Z",
                     *         "updatedAt": "2026-11-23T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `invalid_two_factor_code`: The code of the second factor is wrong, or was used before. Try the next one; after five wrong codes the challenge is no longer valid.
             *
             *     `invalid_challenge`: The challenge is unknown, used, expired, or has had too many wrong codes. Sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `banned`: The account is banned and cannot sign in.
             *
             *     `email_not_verified`: The e-mail address must be verified before the first sign-in. A mail with a link was sent.
             *
             *     `unknown_role`: The account has a role that does not exist here, and cannot sign in. An administrator has to give it another role.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `second_factor_unavailable`: The second factor of this account cannot be read, because a secret is missing in the configuration of the auth server. No attempt was counted. An operator has to add the secret.
             *
             *     `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOwnProfile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you have: the resource is sent only when it has changed
                 * @example "m9xQ2k"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your profile */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"] | components["schemas"]["ClientUser"];
                };
            };
            /** @description The resource is what `If-None-Match` names */
            304: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteOwnAccount: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_admin`: The change would leave no administrator who is not banned. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateOwnProfile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada King",
                 *       "image": "https://example.com/ada.png"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateProfile"];
            };
        };
        responses: {
            /** @description Your profile after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOwnSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sessions in force, newest first */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "updatedAt": "2026-11-23T09:30:00.000Z",
                     *           "expiresAt": "2026-11-30T09:30:00.000Z",
                     *           "ipAddress": "203.0.113.7",
                     *           "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
                     *           "impersonatedBy": null,
                     *           "current": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Only the session of this request is left */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endOwnSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOwnAccounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sign-in methods, no secrets */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "providerId": "credential",
                     *           "accountId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AccountList"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportOwnData: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One JSON document */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "exportedAt": "2026-11-23T09:30:00.000Z",
                     *       "user": {
                     *         "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *         "email": "ada@example.com",
                     *         "emailVerified": true,
                     *         "name": "Ada Lovelace",
                     *         "image": "https://example.com/ada.png",
                     *         "role": "user",
                     *         "banned": false,
                     *         "banReason": null,
                     *         "banExpires": null,
                     *         "createdAt": "2026-11-23T09:30:00.000Z",
                     *         "updatedAt": "2026-11-23T09:30:00.000Z"
                     *       },
                     *       "accounts": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "providerId": "credential",
                     *           "accountId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "secondFactor": {
                     *         "enabled": false,
                     *         "trustedDevices": [
                     *           {
                     *             "createdAt": "2026-11-23T09:30:00.000Z",
                     *             "expiresAt": "2026-11-23T09:30:00.000Z"
                     *           }
                     *         ]
                     *       },
                     *       "passkeys": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "name": null,
                     *           "deviceType": "multiDevice",
                     *           "backedUp": false,
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "sessions": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "updatedAt": "2026-11-23T09:30:00.000Z",
                     *           "expiresAt": "2026-11-30T09:30:00.000Z",
                     *           "ipAddress": "203.0.113.7",
                     *           "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
                     *           "impersonatedBy": null,
                     *           "current": true
                     *         }
                     *       ],
                     *       "grants": [
                     *         {
                     *           "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "name": "Back office",
                     *           "scopes": [
                     *             "openid",
                     *             "profile"
                     *           ],
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "updatedAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "clientTokens": [
                     *         {
                     *           "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "sessionId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "scopes": [
                     *             "openid",
                     *             "profile"
                     *           ],
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "expiresAt": "2026-11-23T09:30:00.000Z",
                     *           "revokedAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "features": {},
                     *       "auditEvents": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "occurredAt": "2026-11-23T09:30:00.000Z",
                     *           "action": "user.signed_in",
                     *           "outcome": "success",
                     *           "actor": {
                     *             "type": "user",
                     *             "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *           },
                     *           "impersonatorId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "subject": {
                     *             "type": "user",
                     *             "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *           },
                     *           "ipAddress": null,
                     *           "userAgent": null,
                     *           "requestId": null,
                     *           "before": {},
                     *           "after": {},
                     *           "detail": {}
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["UserExport"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused. */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"] | components["schemas"]["ClientUser"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followAccessEvents: {
        parameters: {
            query?: {
                /**
                 * @description Without `Last-Event-ID`: the events of this many seconds come first
                 * @example 0
                 */
                replay?: number;
            };
            header?: {
                /**
                 * @description The last id that the reader received: the stream continues after it.
                 * @example 7567234567890123456-00000001.1042:1042:
                 */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events, as they are committed */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example event: user-banned
                     *     data: {"eventId":"17","time":"2026-11-23T10:00:00.000Z","userId":"u1","until":null}
                     *     id: 7567234567890123456-00000001.1043:1043:
                     */
                    "text/event-stream": string;
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description Rows on a page
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `nextCursor` of the page before
                 * @example eyJzIjoiLWNyZWF0ZWRBdCIsImsiOiIyMDI2LTExLTIzIn0
                 */
                cursor?: string;
                /**
                 * @description A part of the e-mail address or the name, in upper or lower case
                 * @example ada
                 */
                search?: string;
                /** @example user */
                role?: components["schemas"]["Role"];
                /**
                 * @description Whether a ban is in force
                 * @example false
                 */
                banned?: boolean;
                /** @example false */
                emailVerified?: boolean;
                /** @example -createdAt */
                sort?: "createdAt" | "-createdAt" | "email" | "name";
                /**
                 * @description `total` counts all matching users
                 * @example total
                 */
                include?: "total";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of users */
            200: {
                headers: {
                    /** @description The next page, rel="next" */
                    Link?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "email": "ada@example.com",
                     *           "emailVerified": true,
                     *           "name": "Ada Lovelace",
                     *           "image": "https://example.com/ada.png",
                     *           "role": "user",
                     *           "banned": false,
                     *           "banReason": null,
                     *           "banExpires": null,
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "updatedAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null,
                     *       "total": 1
                     *     }
                     */
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple",
                 *       "name": "Ada Lovelace",
                 *       "role": "user"
                 *     }
                 */
                "application/json": components["schemas"]["CreateUser"];
            };
        };
        responses: {
            /** @description The new user */
            201: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    /** @description URL of the user */
                    Location?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `email_taken`: Another account has this e-mail address.
             *
             *     `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             *
             *     `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUserAsAdmin: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you have: the resource is sent only when it has changed
                 * @example "m9xQ2k"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The resource is what `If-None-Match` names */
            304: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_admin`: The change would leave no administrator who is not banned. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "emailVerified": true,
                 *       "name": "Ada King",
                 *       "image": "https://example.com/ada.png"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateUser"];
            };
        };
        responses: {
            /** @description The user after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email_taken`: Another account has this e-mail address. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The mail is on its way */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             *
             *     `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    impersonateUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tokens of the session */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjdmIn0.eyJzdWIiOiJaazEifQ.c2ln",
                     *       "tokenType": "Bearer",
                     *       "expiresIn": 900,
                     *       "refreshToken": "kq0rXw4zTn8sGv2yPb6mCd1hJf5lAe9o.Qx%3D",
                     *       "user": {
                     *         "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *         "email": "ada@example.com",
                     *         "emailVerified": true,
                     *         "name": "Ada Lovelace",
                     *         "image": "https://example.com/ada.png",
                     *         "role": "user",
                     *         "banned": false,
                     *         "banReason": null,
                     *         "banExpires": null,
                     *         "createdAt": "2026-11-23T09:30:00.000Z",
                     *         "updatedAt": "2026-11-23T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `banned`: The account is banned and cannot sign in.
             *
             *     `unknown_role`: The account has a role that does not exist here, and cannot sign in. An administrator has to give it another role.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cannot_impersonate_admin`: Administrators cannot act as another administrator, nor as themselves.
             *
             *     `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             *
             *     `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setUserRole: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "user"
                 *     }
                 */
                "application/json": components["schemas"]["SetRole"];
            };
        };
        responses: {
            /** @description The user after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_admin`: The change would leave no administrator who is not banned. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    banUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "Sent spam",
                 *       "expiresAt": "2099-12-31T00:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["Ban"];
            };
        };
        responses: {
            /** @description The user after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `cannot_ban_self`: Administrators cannot ban their own account.
             *
             *     `last_admin`: The change would leave no administrator who is not banned.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unbanUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "email": "ada@example.com",
                     *       "emailVerified": true,
                     *       "name": "Ada Lovelace",
                     *       "image": "https://example.com/ada.png",
                     *       "role": "user",
                     *       "banned": false,
                     *       "banReason": null,
                     *       "banExpires": null,
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "updatedAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeSecondFactor: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed: the password alone is required */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeSignInMethods: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed: a password reset by mail is required */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sessions in force, newest first */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "updatedAt": "2026-11-23T09:30:00.000Z",
                     *           "expiresAt": "2026-11-30T09:30:00.000Z",
                     *           "ipAddress": "203.0.113.7",
                     *           "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
                     *           "impersonatedBy": null,
                     *           "current": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user is signed out everywhere */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endUserSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                id: string;
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             *
             *     `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStatistics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Current figures */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "users": 3,
                     *       "verified": 3,
                     *       "banned": 3,
                     *       "admins": 3,
                     *       "sessions": 3,
                     *       "signUpsByDay": [
                     *         {
                     *           "day": "2026-11-23",
                     *           "count": 3
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /**
                 * @description Rows on a page
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `nextCursor` of the page before
                 * @example eyJzIjoiLWNyZWF0ZWRBdCIsImsiOiIyMDI2LTExLTIzIn0
                 */
                cursor?: string;
                /**
                 * @description Id of the user or client that acted
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                actor?: string;
                /**
                 * @description Id of the user, client or resource that was changed
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                subject?: string;
                /** @example user.signed_up */
                action?: "user.signed_up" | "user.signed_in" | "user.sign_in_failed" | "user.signed_out" | "user.created" | "user.updated" | "user.deleted" | "user.exported" | "user.role_changed" | "user.banned" | "user.unbanned" | "user.password_changed" | "user.password_reset_requested" | "user.password_reset" | "user.password_set" | "user.email_change_requested" | "user.email_changed" | "user.email_verification_requested" | "user.email_verified" | "session.revoked" | "session.others_revoked" | "session.all_revoked" | "impersonation.started" | "impersonation.stopped" | "account.linked" | "account.unlinked" | "two_factor.enabled" | "two_factor.disabled" | "two_factor.challenged" | "two_factor.verified" | "two_factor.failed" | "two_factor.recovery_codes_generated" | "two_factor.devices_forgotten" | "passkey.added" | "passkey.updated" | "passkey.removed" | "oauth.consent_granted" | "oauth.consent_denied" | "oauth.consent_updated" | "oauth.consent_revoked" | "oauth.token_issued" | "oauth.token_refused" | "oauth.tokens_revoked" | "key.rotated" | "key.removed" | "key.revoked" | "stream.created" | "stream.updated" | "stream.deleted" | "stream.paused" | "stream.replayed" | "client.created" | "client.updated" | "client.secret_rotated" | "client.disabled" | "client.enabled" | "client.deleted" | "resource.created" | "resource.updated" | "resource.deleted";
                /**
                 * @description Events of this time and later
                 * @example 2026-11-23T09:30:00.000Z
                 */
                since?: string;
                /**
                 * @description Events before this time
                 * @example 2026-11-23T09:30:00.000Z
                 */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of events */
            200: {
                headers: {
                    /** @description The next page, rel="next" */
                    Link?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "occurredAt": "2026-11-23T09:30:00.000Z",
                     *           "action": "user.signed_in",
                     *           "outcome": "success",
                     *           "actor": {
                     *             "type": "user",
                     *             "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *           },
                     *           "impersonatorId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "subject": {
                     *             "type": "user",
                     *             "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *           },
                     *           "ipAddress": null,
                     *           "userAgent": null,
                     *           "requestId": null,
                     *           "before": {},
                     *           "after": {},
                     *           "detail": {}
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `insufficient_scope`: The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listClients: {
        parameters: {
            query?: {
                /**
                 * @description Rows on a page
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `nextCursor` of the page before
                 * @example eyJzIjoiLWNyZWF0ZWRBdCIsImsiOiIyMDI2LTExLTIzIn0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of clients */
            200: {
                headers: {
                    /** @description The next page, rel="next" */
                    Link?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "name": "Back office",
                     *           "type": "public",
                     *           "redirectUris": [
                     *             "https://app.example.com/callback"
                     *           ],
                     *           "grantTypes": [
                     *             "authorization_code",
                     *             "refresh_token"
                     *           ],
                     *           "scopes": [
                     *             "openid",
                     *             "profile",
                     *             "email",
                     *             "offline_access"
                     *           ],
                     *           "firstParty": false,
                     *           "disabled": false,
                     *           "jwks": {
                     *             "keys": [
                     *               {
                     *                 "kty": "EC",
                     *                 "crv": "P-256",
                     *                 "kid": "2026-11",
                     *                 "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                     *                 "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
                     *               }
                     *             ]
                     *           },
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ClientPage"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Back office",
                 *       "type": "confidential",
                 *       "redirectUris": [
                 *         "https://app.example.com/callback"
                 *       ],
                 *       "scopes": [
                 *         "openid",
                 *         "profile",
                 *         "email",
                 *         "offline_access"
                 *       ],
                 *       "firstParty": false,
                 *       "jwks": {
                 *         "keys": [
                 *           {
                 *             "kty": "EC",
                 *             "crv": "P-256",
                 *             "kid": "2026-11",
                 *             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                 *             "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreateClient"];
            };
        };
        responses: {
            /** @description The new client */
            201: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    /** @description URL of the client */
                    Location?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "name": "Back office",
                     *       "type": "public",
                     *       "redirectUris": [
                     *         "https://app.example.com/callback"
                     *       ],
                     *       "grantTypes": [
                     *         "authorization_code",
                     *         "refresh_token"
                     *       ],
                     *       "scopes": [
                     *         "openid",
                     *         "profile",
                     *         "email",
                     *         "offline_access"
                     *       ],
                     *       "firstParty": false,
                     *       "disabled": false,
                     *       "jwks": {
                     *         "keys": [
                     *           {
                     *             "kty": "EC",
                     *             "crv": "P-256",
                     *             "kid": "2026-11",
                     *             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                     *             "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
                     *           }
                     *         ]
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "clientSecret": "gFt3vYp0dH3sWm7uXeT5bRaNfLg2JoZk1cQ8"
                     *     }
                     */
                    "application/json": components["schemas"]["NewClient"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             *
             *     `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you have: the resource is sent only when it has changed
                 * @example "m9xQ2k"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "name": "Back office",
                     *       "type": "public",
                     *       "redirectUris": [
                     *         "https://app.example.com/callback"
                     *       ],
                     *       "grantTypes": [
                     *         "authorization_code",
                     *         "refresh_token"
                     *       ],
                     *       "scopes": [
                     *         "openid",
                     *         "profile",
                     *         "email",
                     *         "offline_access"
                     *       ],
                     *       "firstParty": false,
                     *       "disabled": false,
                     *       "jwks": {
                     *         "keys": [
                     *           {
                     *             "kty": "EC",
                     *             "crv": "P-256",
                     *             "kid": "2026-11",
                     *             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                     *             "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
                     *           }
                     *         ]
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description The resource is what `If-None-Match` names */
            304: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `built_in_client`: The settings decide about the client of the documentation. It can only be disabled and enabled. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Back office",
                 *       "redirectUris": [
                 *         "https://app.example.com/callback"
                 *       ],
                 *       "scopes": [
                 *         "openid",
                 *         "profile",
                 *         "email",
                 *         "offline_access"
                 *       ],
                 *       "firstParty": false,
                 *       "disabled": false
                 *     }
                 */
                "application/json": components["schemas"]["UpdateClient"];
            };
        };
        responses: {
            /** @description The client after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "name": "Back office",
                     *       "type": "public",
                     *       "redirectUris": [
                     *         "https://app.example.com/callback"
                     *       ],
                     *       "grantTypes": [
                     *         "authorization_code",
                     *         "refresh_token"
                     *       ],
                     *       "scopes": [
                     *         "openid",
                     *         "profile",
                     *         "email",
                     *         "offline_access"
                     *       ],
                     *       "firstParty": false,
                     *       "disabled": false,
                     *       "jwks": {
                     *         "keys": [
                     *           {
                     *             "kty": "EC",
                     *             "crv": "P-256",
                     *             "kid": "2026-11",
                     *             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                     *             "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
                     *           }
                     *         ]
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `built_in_client`: The settings decide about the client of the documentation. It can only be disabled and enabled. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateClientSecret: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new secret */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "clientSecret": "gFt3vYp0dH3sWm7uXeT5bRaNfLg2JoZk1cQ8"
                     *     }
                     */
                    "application/json": components["schemas"]["ClientSecret"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `no_client_secret`: Public clients and clients with keys have no secret.
             *
             *     `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             *
             *     `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replaceClientKeys: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keys": [
                 *         {
                 *           "kty": "EC",
                 *           "crv": "P-256",
                 *           "kid": "2026-11",
                 *           "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                 *           "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ClientKeys"];
            };
        };
        responses: {
            /** @description The client after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "name": "Back office",
                     *       "type": "public",
                     *       "redirectUris": [
                     *         "https://app.example.com/callback"
                     *       ],
                     *       "grantTypes": [
                     *         "authorization_code",
                     *         "refresh_token"
                     *       ],
                     *       "scopes": [
                     *         "openid",
                     *         "profile",
                     *         "email",
                     *         "offline_access"
                     *       ],
                     *       "firstParty": false,
                     *       "disabled": false,
                     *       "jwks": {
                     *         "keys": [
                     *           {
                     *             "kty": "EC",
                     *             "crv": "P-256",
                     *             "kid": "2026-11",
                     *             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                     *             "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
                     *           }
                     *         ]
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `auth_server_failed`: The auth server gave an answer that the API does not understand. */
            502: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `auth_server_unavailable`: The auth server cannot be reached. Repeat the request after Retry-After seconds.
             *
             *     `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listResources: {
        parameters: {
            query?: {
                /**
                 * @description Rows on a page
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `nextCursor` of the page before
                 * @example eyJzIjoiLWNyZWF0ZWRBdCIsImsiOiIyMDI2LTExLTIzIn0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of resources */
            200: {
                headers: {
                    /** @description The next page, rel="next" */
                    Link?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "identifier": "https://orders.example.com",
                     *           "name": "Orders",
                     *           "scopes": [
                     *             {
                     *               "name": "orders:read",
                     *               "description": "see your orders"
                     *             }
                     *           ],
                     *           "tokenLifetime": null,
                     *           "clients": [
                     *             "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *           ],
                     *           "builtIn": false,
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ResourcePage"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "identifier": "https://orders.example.com",
                 *       "name": "Orders",
                 *       "scopes": [
                 *         {
                 *           "name": "orders:read",
                 *           "description": "see your orders"
                 *         }
                 *       ],
                 *       "tokenLifetime": 300,
                 *       "clients": []
                 *     }
                 */
                "application/json": components["schemas"]["CreateResource"];
            };
        };
        responses: {
            /** @description The new resource */
            201: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    /** @description URL of the resource */
                    Location?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "identifier": "https://orders.example.com",
                     *       "name": "Orders",
                     *       "scopes": [
                     *         {
                     *           "name": "orders:read",
                     *           "description": "see your orders"
                     *         }
                     *       ],
                     *       "tokenLifetime": null,
                     *       "clients": [
                     *         "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *       ],
                     *       "builtIn": false,
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `resource_exists`: Another resource has this identifier. This API has one, too.
             *
             *     `scope_taken`: A scope belongs to one resource, and another resource has this name. A name is also taken for some minutes after the removal of a scope of many users.
             *
             *     `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you have: the resource is sent only when it has changed
                 * @example "m9xQ2k"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The resource */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "identifier": "https://orders.example.com",
                     *       "name": "Orders",
                     *       "scopes": [
                     *         {
                     *           "name": "orders:read",
                     *           "description": "see your orders"
                     *         }
                     *       ],
                     *       "tokenLifetime": null,
                     *       "clients": [
                     *         "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *       ],
                     *       "builtIn": false,
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description The resource is what `If-None-Match` names */
            304: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `built_in_resource`: This API is declared by its code and cannot be changed or deleted. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag that you read: the change is refused when the resource has changed since. `*`: any state
                 * @example "m9xQ2k"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                resourceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Orders",
                 *       "scopes": [
                 *         {
                 *           "name": "orders:read",
                 *           "description": "see your orders"
                 *         }
                 *       ],
                 *       "tokenLifetime": 300,
                 *       "clients": []
                 *     }
                 */
                "application/json": components["schemas"]["UpdateResource"];
            };
        };
        responses: {
            /** @description The resource after the change */
            200: {
                headers: {
                    /** @description Send it as If-Match with a change, as If-None-Match to read again */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *       "identifier": "https://orders.example.com",
                     *       "name": "Orders",
                     *       "scopes": [
                     *         {
                     *           "name": "orders:read",
                     *           "description": "see your orders"
                     *         }
                     *       ],
                     *       "tokenLifetime": null,
                     *       "clients": [
                     *         "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo"
                     *       ],
                     *       "builtIn": false,
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `built_in_resource`: This API is declared by its code and cannot be changed or deleted.
             *
             *     `scope_taken`: A scope belongs to one resource, and another resource has this name. A name is also taken for some minutes after the removal of a scope of many users.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEventStreams: {
        parameters: {
            query?: {
                /**
                 * @description Rows on a page
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `nextCursor` of the page before
                 * @example eyJzIjoiLWNyZWF0ZWRBdCIsImsiOiIyMDI2LTExLTIzIn0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of streams */
            200: {
                headers: {
                    /** @description The next page, rel="next" */
                    Link?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "streamId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "clientId": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "description": null,
                     *           "method": "push",
                     *           "endpointUrl": "https://events.example.com/",
                     *           "status": "enabled",
                     *           "statusReason": null,
                     *           "pending": 0,
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["EventStreamPage"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEventDeliveries: {
        parameters: {
            query?: {
                /**
                 * @description Rows on a page
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `nextCursor` of the page before
                 * @example eyJzIjoiLWNyZWF0ZWRBdCIsImsiOiIyMDI2LTExLTIzIn0
                 */
                cursor?: string;
                /**
                 * @description `failed`: the receiver refused the event, and it is not sent again
                 * @example pending
                 */
                state?: "pending" | "delivered" | "failed";
            };
            header?: never;
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                streamId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of deliveries */
            200: {
                headers: {
                    /** @description The next page, rel="next" */
                    Link?: string;
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "deliveryId": "4711",
                     *           "jti": "5b1c8c1e-2c0a-4c62-9c3c-0f4c1f9a7d11",
                     *           "eventType": "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
                     *           "subject": "Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo",
                     *           "state": "pending",
                     *           "attempts": 1,
                     *           "lastError": "status 503",
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "finishedAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["EventDeliveryPage"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayEventDeliveries: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that is new for each new request, best a random UUID: within 24 hours the same request with the same key is answered as before instead of being done again
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description Opaque id
                 * @example Zk1cQ8vYp0dH3sWm7uXeT5bRaNfLg2Jo
                 */
                streamId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "deliveryIds": [
                 *         "4711"
                 *       ],
                 *       "since": "2026-11-23T09:30:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["ReplayDeliveries"];
            };
        };
        responses: {
            /** @description How many wait again */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "replayed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ReplayedDeliveries"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `missing_token`: The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.
             *
             *     `invalid_token`: The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.
             */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: The access token is valid, but its user does not have the role that the route requires.
             *
             *     `user_required`: The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.
             */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_in_progress`: The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.
             *
             *     `outcome_unknown`: The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: Request bodies are limited to 100 kB. */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Request bodies are `application/json` in UTF-8. */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Accept-Encoding": components["headers"]["AcceptEncoding"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each.
             *
             *     `idempotency_key_reused`: The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `keys_unavailable`: The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.
             *
             *     `database_unavailable`: The database cannot be reached. Repeat the request after Retry-After seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process runs */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All parts are available */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "checks": {
                     *         "database": {
                     *           "status": "ok"
                     *         },
                     *         "signingKeys": {
                     *           "status": "ok",
                     *           "ageSeconds": 42
                     *         },
                     *         "authServer": {
                     *           "status": "ok"
                     *         },
                     *         "access": {
                     *           "mode": "live",
                     *           "proofAgeMs": 250,
                     *           "knownSessions": 12,
                     *           "notifications": 12,
                     *           "loads": 12,
                     *           "discardedLoads": 12
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A part is unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Text exposition format */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example # TYPE http_request_duration_seconds histogram */
                    "text/plain": string;
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEntrance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description URLs of the documentation and of the parts */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Gatehouse API",
                     *       "documentation": "https://api.example.com/docs",
                     *       "openapi": "https://api.example.com/openapi.json",
                     *       "problems": "https://api.example.com/problems",
                     *       "api": "https://api.example.com/api/v1",
                     *       "authServer": "https://api.example.com/api/auth",
                     *       "health": "https://api.example.com/health/ready"
                     *     }
                     */
                    "application/json": components["schemas"]["Entrance"];
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every code that an error of the API can have */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "code": "not_found",
                     *           "status": 404,
                     *           "title": "Not found",
                     *           "meaning": "There is no such route or resource."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ProblemPages"];
                    /** @example <!doctype html>… */
                    "text/html": string;
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example not_found */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code, its status and its meaning */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "not_found",
                     *       "status": 404,
                     *       "title": "Not found",
                     *       "meaning": "There is no such route or resource."
                     *     }
                     */
                    "application/json": components["schemas"]["ProblemPage"];
                    /** @example <!doctype html>… */
                    "text/html": string;
                };
            };
            /** @description `malformed_request`: The request could not be read: its JSON, its encoding or its URL is malformed. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is no such route or resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `uri_too_long`: A part of the URL is longer than the server accepts. */
            414: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_failed`: The request was read, but values in it are not acceptable; `errors` lists each. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: A limit was reached. Wait for the seconds in Retry-After. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: The server failed. Its logs contain the request id. */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["XRequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
