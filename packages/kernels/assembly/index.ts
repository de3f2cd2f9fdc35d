export { dotF32, scanF32 } from './scan-f32';
export { topKReset, topKTake } from './top-k';
