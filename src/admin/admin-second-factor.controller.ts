import { Controller, Delete, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdminSecondFactorService } from './admin-second-factor.service';
import { type ActingAsUser, ActingUser } from '../auth/principal/acting';
import { Roles } from '../auth/roles.decorator';
import { Endpoint } from '../common/openapi/endpoint.decorator';
import { idParameter } from '../common/validation/schemas';

@ApiTags('Admin')
@Roles('admin')
@Controller({ path: 'admin/users', version: '1' })
export class AdminSecondFactorController {
  constructor(private readonly secondFactor: AdminSecondFactorService) {}

  @Delete(':id/two-factor')
  @Endpoint({
    summary: "Take a user's second factor away",
    description:
      'For a user who has lost it and the recovery codes. Their sessions are ended, trusted ' +
      'devices forgotten; passkeys stay. Never your own: that takes your password.',
    operationId: 'removeSecondFactor',
    answers: { 204: { description: 'The password alone signs in' } },
    problems: ['not_found'],
  })
  removeSecondFactor(
    @ActingUser() acting: ActingAsUser,
    @Param('id', { schema: idParameter }) id: string,
  ): Promise<void> {
    return this.secondFactor.remove(acting, id);
  }
}
