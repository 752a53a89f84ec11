import type { PreferenceStorage } from '#store/preferences.ts';

/** The browser's localStorage, or undefined where the browser refuses it. */
export function localPreferences(): PreferenceStorage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
