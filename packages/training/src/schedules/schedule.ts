/** Where a run is. */
export interface SchedulePoint {
  /** Steps done. */
  readonly step: number;
  /**
   * Share of the run that is over in the middle of this step, 0 to 1: steps of all steps, or seconds of `maxSeconds`,
   * whichever is further.
   */
  readonly share: number;
}

/** The factor of the learning rate at a point of the run. */
export type Schedule = (point: SchedulePoint) => number;
