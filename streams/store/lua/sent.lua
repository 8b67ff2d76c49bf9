#!lua
-- Takes sent entries out of the outbox, but not those in whose place something newer stands, and notes how far it is known what was told: not where an
-- entry is gone, for then this is another store than the one they were read from, which knows nothing of what was told before them.
-- KEYS[1] outbox hash; KEYS[2] timers hash
-- ARGV[1] how many entries; then each as: id, what was sent; then marks as: field, value
local last = 1 + 2 * tonumber(ARGV[1])
local gone = false
for i = 2, last, 2 do
  local stands = redis.call('HGET', KEYS[1], ARGV[i])
  gone = gone or not stands
  if stands == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
if gone then
  return 0
end
for i = last + 1, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
end
return 1
