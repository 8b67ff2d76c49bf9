#!lua
-- The reader of notices goes on in one partition, unless the store forgot, or somebody else went on: then nothing changes.
-- KEYS[1] hash of positions
-- ARGV[1] partition  ARGV[2] where it stands in the reader's eyes  ARGV[3] where it goes
-- Returns 1, or 0 where the store says otherwise.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
