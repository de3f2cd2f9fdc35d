/** What `inspect` found: the value for `--json`, and names and values for people. */
export interface Inspection {
  readonly json: { readonly kind: string } & Readonly<Record<string, unknown>>;
  readonly facts: readonly (readonly [name: string, value: string])[];
}
