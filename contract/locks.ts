/**
 * Key of the advisory lock under which a change may take an administrator away, in either
 * process: two administrators who demote each other at the same time would otherwise both
 * succeed. Any number, the same for ever.
 */
export const ADMINISTRATORS_LOCK = 7319045561206;
