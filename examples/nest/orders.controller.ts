import { Controller, Get } from '@nestjs/common';
import { Access, type Caller } from '../express/access';
import { CurrentCaller, Public, Roles, Scopes } from './access/access.decorators';

@Controller()
export class OrdersController {
  constructor(private readonly access: Access) {}

  @Public()
  @Get('health')
  health() {
    return { current: this.access.isCurrent() };
  }

  @Scopes('orders:read')
  @Get('orders')
  orders(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Roles('admin')
  @Scopes('orders:read')
  @Get('reports')
  reports(@CurrentCaller() caller: Caller) {
    return caller;
  }
}
