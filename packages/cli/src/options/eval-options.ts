export interface EvalOptions {
  readonly report?: string;
  readonly gallery?: string;
  readonly embedder?: string;
  readonly calibrate?: true;
  readonly targetPrecision?: number;
  readonly targetFar?: number;
  readonly bestF1?: true;
}
