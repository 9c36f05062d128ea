export const SCYLLA_CONF_ID = 1;
export const scyllaEnvironment = (name: string): Record<string, string> => ({ [name]: name });
export const prepareKeyspace = async (name: string, tree: object): Promise<void> => {};
export const dropKeyspace = async (name: string): Promise<void> => {};
