import {
  type EntitySubscriberInterface,
  EventSubscriber,
  type TransactionCommitEvent,
} from 'typeorm';
import { markWorkBegun } from '../common/work-record';

/** A committed transaction is done: a failure that follows does not free the key of its request. */
@EventSubscriber()
export class CommittedWork implements EntitySubscriberInterface {
  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    // A nested transaction can still be rolled back.
    if (!queryRunner.isTransactionActive) markWorkBegun();
  }
}
