-- With the merchant, a sale's row alone is enough to ask its network again when
-- the page with its entries is damaged.
ALTER TABLE sale ADD COLUMN merchant TEXT NOT NULL DEFAULT '';
ALTER TABLE sale ADD COLUMN network TEXT NOT NULL DEFAULT '';
