#!lua
-- One message of one address was tried: it is settled, or waits for its next try. The address is looked at again when its next message is due.
-- KEYS[1] sorted set of settled marks → time  KEYS[2] address' queue (id → time of the next try)  KEYS[3] address' texts (id → entry)
-- KEYS[4] addresses → when to look  KEYS[5] marks of a partition's waiting messages → offset
-- ARGV[1] id  ARGV[2] mark  ARGV[3] address  ARGV[4] now  ARGV[5] earliest next look at the address
-- ARGV[6] time of the message's next try, empty where it is settled  ARGV[7] entry for that try
if ARGV[6] == '' then
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[2])
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('HDEL', KEYS[3], ARGV[1])
  redis.call('ZREM', KEYS[5], ARGV[2])
elseif redis.call('ZADD', KEYS[2], 'XX', 'CH', ARGV[6], ARGV[1]) == 1 then
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[7])
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if #first == 0 then
  redis.call('ZREM', KEYS[4], ARGV[3])
else
  redis.call('ZADD', KEYS[4], math.max(tonumber(first[2]), tonumber(ARGV[5])), ARGV[3])
end
return 0
