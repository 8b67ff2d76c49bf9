#!lua
-- Takes a partition: from now on only ARGV[1] may apply. A position without a `next` is fresh and takes on the identity given.
-- KEYS[1] position hash
-- ARGV[1] epoch, then the identity as field, value, …
-- Returns the position hash as field, value, …
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'none' and kind ~= 'hash' then
  return redis.error_reply('REFUSED ' .. KEYS[1] .. ' is a ' .. kind)
end
if redis.call('HEXISTS', KEYS[1], 'next') == 0 then
  for i = 2, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
return redis.call('HGETALL', KEYS[1])
