export interface BenchOptions {
  readonly queries: number;
  readonly gallery?: string;
  readonly k: number;
  readonly seed: number;
}
