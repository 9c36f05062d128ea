import { DELETE_MEMORY_MS } from "../block-store.ts";
import { createScript } from "./redis-command.ts";

/**
 * Merges blocks into the records of some entity keys, each atomically.
 *
 * | key, argument | is |
 * | --- | --- |
 * | KEYS[2i - 1] | a record: version byte 1, then (group id u16, length u16, block) each, little endian |
 * | KEYS[2i] | its sibling: hash of group id -> write time of the group's last accepted block; `d` -> deletes |
 * | ARGV[1] | now, Unix milliseconds |
 * | ARGV[2] | `1` if the blocks are all that a record may hold, so that a corrupt one may go |
 * | ARGV[2i + 1] | write time, Unix microseconds (exact in Lua's doubles up to 2^53) |
 * | ARGV[2i + 2] | the new blocks, as a record; an empty one deletes |
 *
 * Replies for each record with the number of blocks accepted, with `-1 - offset` if the stored record is corrupt there, or
 * with the text of the error if one of its keys holds another type. Any other error fails all of them; some records may
 * have been written then.
 *
 * A block is accepted if its group has no write time or not a newer one, and was deleted before it. Expired and empty
 * entries are left out of what is written. Write times count only beside a record: without one (expired, evicted,
 * deleted by another client) they are stale and go. Deletes count without one, until their time is up: `d` is a list of
 * `<group id>:<time of the delete, Unix microseconds>:<remembered until, Unix milliseconds>`.
 *
 * Plain Lua 5.1 to 5.4 without libraries, so that Redis, Valkey and Dragonfly run it: numbers become text by
 * `string.format` only, and all keys are declared.
 */
const source = `
local now_ms, is_whole = tonumber(ARGV[1]), ARGV[2] == '1'
local byte, char, sub, floor, format = string.byte, string.char, string.sub, math.floor, string.format
local unpack = table.unpack or unpack
local delete_memory_ms = ${DELETE_MEMORY_MS}

-- Blocks by group id, or nil and the offset of the fault.
local function parse(bytes)
  local size = #bytes
  if size == 0 or byte(bytes, 1) ~= 1 then return nil, 0 end
  local blocks, at = {}, 2
  while at <= size do
    if at + 3 > size then return nil, at - 1 end
    local id0, id1, length0, length1 = byte(bytes, at, at + 3)
    local last = at + 3 + length0 + length1 * 256
    if last > size then return nil, at - 1 end
    blocks[id0 + id1 * 256] = sub(bytes, at + 4, last)
    at = last + 1
  end
  return blocks
end

-- Unix seconds; 0 = never, also for bytes that are no block of layout 1.
local function expiry_of(block)
  if #block < 9 or floor(byte(block, 8) / 16) ~= 1 then return 0 end
  local b0, b1, b2, b3, low = byte(block, 3, 7)
  local packed = (b0 + b1 * 256 + b2 * 65536 + b3 * 16777216) * 256 + low
  if packed == 0 then return 0 end
  local past = floor(packed / 67108864) - 1
  local days = past * 365 + floor(past / 4) - floor(past / 100) + floor(past / 400) - 719162
  local seconds = (days + floor(packed / 131072) % 512) * 86400 + packed % 131072
  return seconds == 0 and -1 or seconds
end

-- What one key's own type makes of a command is an outcome; any other error ends the script.
local function ask(...)
  local reply = redis.pcall(...)
  local is_fault = type(reply) == 'table' and reply.err ~= nil
  if is_fault and sub(reply.err, 1, 9) ~= 'WRONGTYPE' then return redis.call(...) end
  return reply, is_fault
end

-- Deletes that are still remembered, by group id, and whether there are any.
local function parse_deletes(text)
  local deletes, has_any = {}, false
  for id, time, last in string.gmatch(text or '', '(%d+):(%-?%d+):(%d+)') do
    if tonumber(last) > now_ms then
      deletes[tonumber(id)] = { time = time, last = tonumber(last) }
      has_any = true
    end
  end
  return deletes, has_any
end

-- Replaces what the sibling says of deletes. Returns until when it is needed for them, at the least.
local function store_deletes(sibling, deletes, has_any)
  if not has_any then
    redis.call('HDEL', sibling, 'd')
    return 0
  end
  local parts, last = {}, 0
  for id, delete in pairs(deletes) do
    parts[#parts + 1] = format('%d:%s:%.0f', id, delete.time, delete.last)
    if delete.last > last then last = delete.last end
  end
  redis.call('HSET', sibling, 'd', table.concat(parts, ','))
  return last
end

local function merge(record, sibling, time_text, update)
  local write_time = tonumber(time_text)
  local stored, is_fault = ask('GET', record)
  if is_fault then return stored.err end
  local blocks, fault
  if stored then blocks, fault = parse(stored) end
  if fault and not is_whole then return -1 - fault end

  local updates = parse(update)
  local updated, command = {}, { 'HMGET', sibling, 'd' }
  for id in pairs(updates) do
    updated[#updated + 1] = id
    command[#command + 1] = format('%d', id)
  end
  local times
  times, is_fault = ask(unpack(command))
  if is_fault then return times.err end
  local deletes, has_deletes = parse_deletes(times[1])
  local accepted = {}
  for place, id in ipairs(updated) do
    local is_delete = #updates[id] == 0
    local time, delete = blocks and times[place + 1], deletes[id]
    local deleted = delete and tonumber(delete.time)
    local is_newer = not deleted or write_time > deleted or (is_delete and write_time == deleted)
    if is_newer and (not time or write_time >= tonumber(time)) then
      accepted[#accepted + 1] = id
      if is_delete then
        deletes[id] = { time = time_text, last = now_ms + delete_memory_ms }
        has_deletes = true
      end
    end
  end
  if #accepted == 0 then return 0 end
  if not blocks then
    blocks = {}
    redis.call('DEL', sibling)
  end
  for _, id in ipairs(accepted) do blocks[id] = updates[id] end

  local ids, latest, is_lasting = {}, 0, false
  for id, block in pairs(blocks) do
    local expiry = expiry_of(block)
    if #block > 0 and (expiry == 0 or now_ms <= expiry * 1000) then
      ids[#ids + 1] = id
      if expiry == 0 then is_lasting = true elseif expiry > latest then latest = expiry end
    end
  end
  if #ids == 0 then
    redis.call('DEL', record, sibling)
    if has_deletes then
      local last = store_deletes(sibling, deletes, true)
      redis.call('PEXPIRE', sibling, format('%.0f', last - now_ms))
    end
    return #accepted
  end
  table.sort(ids)
  local parts = { char(1) }
  for _, id in ipairs(ids) do
    local block = blocks[id]
    parts[#parts + 1] = char(id % 256, floor(id / 256), #block % 256, floor(#block / 256))
    parts[#parts + 1] = block
  end
  for _, id in ipairs(accepted) do redis.call('HSET', sibling, format('%d', id), time_text) end
  local deletes_last = 0
  if times[1] or has_deletes then deletes_last = store_deletes(sibling, deletes, has_deletes) end
  if is_lasting then
    redis.call('SET', record, table.concat(parts))
    redis.call('PERSIST', sibling)
  else
    -- A block is live up to and including its last second: the key goes after it.
    local ttl_ms = latest * 1000 - now_ms + 1000
    redis.call('SET', record, table.concat(parts), 'PX', format('%.0f', ttl_ms))
    if deletes_last - now_ms > ttl_ms then ttl_ms = deletes_last - now_ms end
    redis.call('PEXPIRE', sibling, format('%.0f', ttl_ms))
  end
  return #accepted
end

local replies = {}
for i = 1, #KEYS / 2 do
  replies[i] = merge(KEYS[2 * i - 1], KEYS[2 * i], ARGV[2 * i + 1], ARGV[2 * i + 2])
end
return replies
`;

export const MERGE_SCRIPT = createScript("merge records", source.trim());
