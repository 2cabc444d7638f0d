import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

const FLAGS = { present: 0x01, verified: 0x04, synchronized: 0x08, attested: 0x40 };

/** Deviations of the device, or of its page. */
export interface Deviation {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  /** Whether the device has verified the user. */
  isVerified?: boolean;
  /** Whether the passkey can be copied to other devices. */
  isSynchronized?: boolean;
  counter?: number;
  /** Signs instead of the passkey's own key. */
  key?: KeyObject;
  credentialId?: string;
}

interface CreationOptions {
  challenge: string;
  rp: { id: string };
}

interface RequestOptions {
  challenge: string;
  rpId: string;
}

/**
 * A device with one passkey (W3C WebAuthn level 2, ES256, no attestation) and its browser, on a
 * page of one origin.
 */
export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private counter = 0;

  constructor(private readonly origin: string) {}

  /** Section 6.3.2: the result of `navigator.credentials.create`, as JSON. */
  create({ challenge, rp }: CreationOptions, deviation: Deviation = {}): object {
    const id = deviation.credentialId ?? this.credentialId;
    const { isVerified = true, rpId = rp.id, counter = this.counter } = deviation;
    const authenticatorData = Buffer.concat([
      sha256(rpId),
      Buffer.from([FLAGS.present | FLAGS.attested | (isVerified ? FLAGS.verified : 0)]),
      uint32(counter),
      Buffer.alloc(16),
      this.credentialData(Buffer.from(id, 'base64url')),
    ]);
    const attestationObject = cbor(
      new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData],
      ]),
    );
    return {
      ...credential(id),
      response: {
        clientDataJSON: this.clientData({ challenge, type: 'webauthn.create', ...deviation }),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** Section 6.3.3: the result of `navigator.credentials.get`, as JSON. */
  get({ challenge, rpId: asked }: RequestOptions, deviation: Deviation = {}): object {
    this.counter += 1;
    const { isVerified = true, rpId = asked, counter = this.counter } = deviation;
    const synchronized = deviation.isSynchronized ? FLAGS.synchronized : 0;
    const clientDataJSON = this.clientData({ challenge, type: 'webauthn.get', ...deviation });
    const authenticatorData = Buffer.concat([
      sha256(rpId),
      Buffer.from([FLAGS.present | (isVerified ? FLAGS.verified : 0) | synchronized]),
      uint32(counter),
    ]);
    const signed = Buffer.concat([
      authenticatorData,
      sha256(Buffer.from(clientDataJSON, 'base64url')),
    ]);
    return {
      ...credential(deviation.credentialId ?? this.credentialId),
      response: {
        clientDataJSON,
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, deviation.key ?? this.keys.privateKey).toString(
          'base64url',
        ),
      },
    };
  }

  private clientData(data: { challenge: string; type: string; origin?: string }): string {
    const { challenge, type, origin = this.origin } = data;
    return Buffer.from(JSON.stringify({ type, challenge, origin })).toString('base64url');
  }

  /** Credential id and COSE key (RFC 9053, section 7.1.1). */
  private credentialData(id: Buffer): Buffer {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
    return Buffer.concat([uint32(id.length).subarray(2), id, cbor(key)]);
  }
}

function credential(id: string) {
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {} };
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

type Cbor = number | string | Buffer | Map<number | string, Cbor>;

/** The part of RFC 8949 that a passkey needs. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}
