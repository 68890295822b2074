-- Everything the shop remembers. Running this again changes nothing.
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL,
    premium INTEGER NOT NULL,
    locked INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    price_cents INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS cart_items (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS cart_items_user ON cart_items (user_id);
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    status TEXT NOT NULL,
    payment_provider TEXT NOT NULL,
    order_type TEXT NOT NULL,
    total_cents INTEGER NOT NULL,
    created_micros INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_status ON orders (status);
CREATE TABLE IF NOT EXISTS receipts (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    total_cents INTEGER NOT NULL
);

-- Accounts to play with. What they have to keep secret is written here.
INSERT OR IGNORE INTO users (name, secret, premium, locked) VALUES
    ('ada', 'engine', 1, 0), ('bob', 'builder', 0, 0), ('cleo', 'needle', 0, 0), ('dag', 'crown', 1, 0),
    ('eve', 'apple', 0, 0), ('fred', 'stone', 0, 0), ('gus', 'goose', 1, 0), ('hana', 'flower', 0, 0),
    ('ivo', 'ivory', 0, 0), ('jun', 'june', 1, 0), ('kai', 'sea', 0, 0), ('lea', 'lion', 0, 0),
    ('mallory', 'malice', 0, 1);
INSERT OR IGNORE INTO products (name, price_cents) VALUES
    ('pencil', 120), ('notebook', 450), ('teapot', 2375), ('lamp', 4999), ('chair', 12900),
    ('bicycle', 64990), ('piano', 189000);
