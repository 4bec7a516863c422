import type { Plan } from '../../apply/state/read_plan';

/** 0: nothing to do, 1: changes, 2: even after the changes, the state will not be as desired. */
export function planStatus({ state, changes, problems }: Plan): 0 | 1 | 2 {
  const isWrong = state.isUnsure || state.unmet.length > 0 || problems.some(({ level }) => level === 'error');
  if (isWrong) return 2;
  return changes.length > 0 || (state.routes?.plan.steps.length ?? 0) > 0 ? 1 : 0;
}
