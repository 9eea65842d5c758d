/** A refused start or command: the message is for the operator, and holds no secret. */
export class OperatorError extends Error {}
