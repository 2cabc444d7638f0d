import { defineFeature } from './define-feature';

/** The routes of administrators: users, OAuth clients, audit log, statistics. */
export const administration = defineFeature({
  name: 'administration',
  roles: {
    admin: 'Administers users, OAuth clients and the audit log',
    user: 'Has an account: the role of everyone who signs up',
  },
  tags: { Admin: 'For administrators' },
  scopes: {
    'users:read': {
      meaning: 'All users, their sessions, statistics',
      consent:
        'if you are an administrator: see all users with their e-mail addresses, roles, bans ' +
        'and sessions with devices and IP addresses, and the statistics',
      opens: {
        listUsers: 'all users',
        getUserAsAdmin: 'e-mail addresses, roles, bans',
        listUserSessions: 'sessions with devices and IP addresses',
        getStatistics: 'statistics',
      },
      serviceAccounts: true,
    },
    'users:write': {
      meaning: 'Creating, changing, banning and deleting users who are not administrators',
      consent:
        'if you are an administrator: create, change, ban and delete users, end their sessions ' +
        'and send them mails to set a password; administrators cannot be changed',
      opens: {
        createUser: 'create',
        updateUser: 'change',
        setUserRole: 'change',
        banUser: 'ban',
        unbanUser: 'ban',
        deleteUser: 'delete users',
        endUserSessions: 'end their sessions',
        endUserSession: 'end their sessions',
        requestPasswordReset: 'mails to set a password',
      },
      serviceAccounts: true,
    },
    'audit:read': {
      meaning: 'The audit log',
      consent:
        'if you are an administrator: see the audit log, that is who did what, when and from ' +
        'which IP address',
      opens: { listAuditEvents: 'audit log' },
      serviceAccounts: true,
    },
    'access-events:read': {
      meaning: 'The stream of access events',
      consent:
        'if you are an administrator: follow which sessions, users and OAuth clients lose their ' +
        'access, and when',
      opens: { followAccessEvents: 'lose their access' },
      serviceAccounts: true,
    },
    'ssf:manage': {
      meaning: 'Streams of security events (OpenID Shared Signals), for service accounts only',
      consent: 'do nothing more: the right to receive security events is for service accounts only',
      opens: {},
      serviceAccounts: true,
    },
  },
  auditActions: [
    'stream.created',
    'stream.updated',
    'stream.deleted',
    'stream.paused',
    'stream.replayed',
    'client.created',
    'client.updated',
    'client.secret_rotated',
    'client.disabled',
    'client.enabled',
    'client.deleted',
    'resource.created',
    'resource.updated',
    'resource.deleted',
  ],
  auditSubjects: ['client', 'resource', 'stream'],
  problems: {
    built_in_client: {
      status: 409,
      title: 'Built-in client',
      meaning:
        'The settings decide about the client of the documentation. It can only be disabled and enabled.',
    },
    built_in_resource: {
      status: 409,
      title: 'Built-in resource',
      meaning: 'This API is declared by its code and cannot be changed or deleted.',
    },
    resource_exists: {
      status: 409,
      title: 'Identifier taken',
      meaning: 'Another resource has this identifier. This API has one, too.',
    },
    scope_taken: {
      status: 409,
      title: 'Scope taken',
      meaning:
        'A scope belongs to one resource, and another resource has this name. A name is also taken for some minutes after the removal of a scope of many users.',
    },
    no_client_secret: {
      status: 409,
      title: 'Client without a secret',
      meaning: 'Public clients and clients with keys have no secret.',
    },
  },
  api: () => (require('../src/admin/admin.api') as typeof import('../src/admin/admin.api')).api,
});
