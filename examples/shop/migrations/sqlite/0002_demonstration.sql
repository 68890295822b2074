-- Accounts to play with. What they have to keep secret is written here.
INSERT INTO users (name, secret, premium, locked) VALUES
    ('ada', 'engine', 1, 0), ('bob', 'builder', 0, 0), ('cleo', 'needle', 0, 0), ('dag', 'crown', 1, 0),
    ('eve', 'apple', 0, 0), ('fred', 'stone', 0, 0), ('gus', 'goose', 1, 0), ('hana', 'flower', 0, 0),
    ('ivo', 'ivory', 0, 0), ('jun', 'june', 1, 0), ('kai', 'sea', 0, 0), ('lea', 'lion', 0, 0),
    ('mallory', 'malice', 0, 1);
INSERT INTO products (name, price_cents) VALUES
    ('pencil', 120), ('notebook', 450), ('teapot', 2375), ('lamp', 4999), ('chair', 12900),
    ('bicycle', 64990), ('piano', 189000);
