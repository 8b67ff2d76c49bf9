#!lua
-- One batch (or what timers fire) into one partition, whole or not at all: compares, checks every key, then only writes what cannot fail.
-- KEYS[1] position hash; KEYS[2…] every other key that is written
-- ARGV[1] epoch, ARGV[2] expected `next` ('' where none is stored yet; compared as text, numbers lose offsets above 2^53)
-- ARGV[3…] the writes in order, each as: command, index of its key, number of arguments, the arguments (at most 4,000)
-- Returns 1, or an error that begins with REFUSED and says why; then nothing was written.
-- A full store refuses the script before its first line (the shebang without flags asks for that).
local KIND = { HSET = 'hash', HSETNX = 'hash', HDEL = 'hash', SADD = 'set', SREM = 'set', ZADD = 'zset', ZREM = 'zset', XADD = 'stream' }
local found = redis.call('HMGET', KEYS[1], 'epoch', 'next')
if found[1] ~= ARGV[1] then
  return redis.error_reply('REFUSED another epoch')
end
if (found[2] or '') ~= ARGV[2] then
  return redis.error_reply('REFUSED another position')
end
local types = {}
for i = 1, #KEYS do
  types[i] = redis.call('TYPE', KEYS[i])['ok']
end
local i = 3
while i <= #ARGV do
  local kind = types[tonumber(ARGV[i + 1])]
  if kind ~= 'none' and kind ~= KIND[ARGV[i]] then
    return redis.error_reply('REFUSED ' .. KEYS[tonumber(ARGV[i + 1])] .. ' is a ' .. kind)
  end
  i = i + 3 + tonumber(ARGV[i + 2])
end
i = 3
while i <= #ARGV do
  local last = i + 2 + tonumber(ARGV[i + 2])
  redis.call(ARGV[i], KEYS[tonumber(ARGV[i + 1])], unpack(ARGV, i + 3, last))
  i = last + 1
end
return 1
