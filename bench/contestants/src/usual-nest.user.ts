import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('user')
export class User {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  email!: string;

  @Column('boolean', { name: 'email_verified' })
  emailVerified!: boolean;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  image!: string | null;

  @Column('text')
  role!: string;

  @Column('boolean')
  banned!: boolean;

  @Column('text', { name: 'ban_reason', nullable: true })
  banReason!: string | null;

  @Column('timestamptz', { name: 'ban_expires', nullable: true })
  banExpires!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
