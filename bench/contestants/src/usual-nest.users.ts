import { Controller, Get, Injectable, NotFoundException, Query } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { Repository } from 'typeorm';
import { type Caller, CurrentUser, Roles } from './usual-nest.auth';
import { User } from './usual-nest.user';

class ListUsersQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;
}

@Injectable()
export class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  async getUser(id: string): Promise<User> {
    const user = await this.users.findOneBy({ id });
    if (!user) throw new NotFoundException();
    return user;
  }

  listUsers(limit: number): Promise<User[]> {
    return this.users.find({ order: { createdAt: 'DESC', id: 'DESC' }, take: limit });
  }
}

@Controller('api/v1/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  getOwnProfile(@CurrentUser() caller: Caller): Promise<User> {
    return this.users.getUser(caller.id);
  }
}

@Roles('admin')
@Controller('api/v1/admin/users')
export class AdminUsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  async listUsers(@Query() { limit }: ListUsersQuery): Promise<{ items: User[] }> {
    return { items: await this.users.listUsers(limit) };
  }
}
