-- A stored document (version, updatedAt and expiresAt as doubles, then the value), nil if it has expired,
-- and its version, 0 for none.
local function live_document(packed, now)
  if not packed then return nil, 0 end
  local version, _, expires_at = struct.unpack("<ddd", packed)
  if expires_at ~= 0 and expires_at <= now then return nil, 0 end
  return packed, version
end
