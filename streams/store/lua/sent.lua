#!lua
-- Takes sent entries out of the outbox, but not those in whose place something newer stands, and notes how far it is known what was told.
-- KEYS[1] outbox hash; KEYS[2] timers hash
-- ARGV[1] how many entries; then each as: id, what was sent; then marks as: field, value
local last = 1 + 2 * tonumber(ARGV[1])
for i = 2, last, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
for i = last + 1, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
end
return 1
