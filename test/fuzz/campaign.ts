import { type OpenApiDocument, type Operation, operationsOf } from '../support/documents/openapi';
import { type RawAnswer, type RawRequest, send } from '../support/raw-http';
import type { System } from '../support/system';
import { People, type Role, type Sender } from './people';
import { Requests } from './requests';
import { sample } from './seed';
import { Tally } from './tally';

/** What a request is for, and who sends it. */
export interface Asked {
  name: string;
  operation: Operation;
  role: Role;
}

interface Plan {
  system: System;
  document: OpenApiDocument;
  /** How many requests for each operation and each kind of caller. */
  requestsEach: (role: Role) => number;
  /** The credentials of a sender. */
  tokenOf: (sender: Sender) => string;
  /** The errors of a response. */
  faultsOf: (request: Asked, answer: RawAnswer) => string[];
}

/** Generated requests for every operation of a document, and the errors of the responses. */
export class Campaign {
  readonly tally = new Tally();
  private readonly people: People;

  constructor(private readonly plan: Plan) {
    this.people = new People(plan.system);
  }

  /** All operations by a user of the role: one line for each error. */
  async run(role: Role): Promise<string> {
    const faults: string[] = [];
    for (const [name, operation] of operationsOf(this.plan.document)) {
      faults.push(...(await this.try({ name, operation, role })));
    }
    return faults.join('\n');
  }

  private async try(asked: Asked): Promise<string[]> {
    const { name, operation, role } = asked;
    const { document, requestsEach, faultsOf } = this.plan;
    const requests = new Requests(document, await this.people.known(role)).for(name, operation);
    const faults: string[] = [];
    for (const request of sample(`${name} ${role}`, requests, requestsEach(role))) {
      const answer = await this.sendAs(role, request);
      for (const fault of faultsOf(asked, answer)) {
        faults.push(`${role} ${JSON.stringify(request).slice(0, 600)}\n  ${fault}`);
      }
    }
    return faults;
  }

  private async sendAs(role: Role, request: RawRequest): Promise<RawAnswer> {
    const { system, tokenOf } = this.plan;
    const sender = await this.people.sender(role);
    const authorization = sender && { authorization: `Bearer ${tokenOf(sender)}` };
    const headers = { ...request.headers, ...authorization };
    const begin = performance.now();
    const answer = await send(system.apiUrl, { ...request, headers });
    this.tally.add(answer.status, performance.now() - begin);
    // A user who has signed out or was deleted sends no more requests.
    if (sender && answer.status === 401) this.people.forget(role);
    if (answer.status === 404) this.people.forgetTarget();
    return answer;
  }
}
