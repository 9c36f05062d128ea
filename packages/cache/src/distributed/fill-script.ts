import { createScript } from "@ofs/store";

/**
 * Replaces a record only if it is still the one that was seen.
 *
 * KEYS[1] the record; ARGV[1] the bytes seen; ARGV[2] the new record; ARGV[3] TTL in seconds, 0 = none.
 * Replies 1 if replaced, else 0.
 */
const source = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return 1
`;

export const FILL_SCRIPT = createScript("fill if unchanged", source.trim());
