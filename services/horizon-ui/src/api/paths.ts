/** Below this are all endpoints of the feature store. */
export const API_ROOT = "/api/v1/online-feature-store";
