import { Module } from '@nestjs/common';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { PaymentsController, TrovesController } from './troves.controller';
import { AuthModule } from '../../../src/auth/auth.module';
import type { FeatureApi } from '../../../src/common/feature-api';
import { UserEntity } from '../../../src/database/entities/user.entity';

@Entity('trove')
class TroveEntity {
  @PrimaryColumn({ name: 'id', type: 'text', primaryKeyConstraintName: 'trove_pkey' })
  id!: string;

  @Column({ name: 'user_id', type: 'text' })
  userId!: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'trove_user_id_fkey' })
  user?: Relation<UserEntity>;

  @Column({ name: 'content', type: 'bytea', select: false })
  content!: Buffer;
}

@Module({ imports: [AuthModule], controllers: [TrovesController, PaymentsController] })
class TrovesModule {}

export const api: FeatureApi = {
  module: TrovesModule,
  entities: [TroveEntity],
  exportUser: async (manager, userId) => {
    const rows = await manager.findBy(TroveEntity, { userId });
    return rows.map(({ id }) => ({ id }));
  },
};
