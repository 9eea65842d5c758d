/** A start that is refused: its message is for the operator, and holds no secret. */
export class OperatorError extends Error {}
