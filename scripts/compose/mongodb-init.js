// Makes the replica set and its two users: root for people, sotay for the
// server. It may run again at any time and then changes nothing.
const fs = require("fs");
const secret = (name) => fs.readFileSync("/run/secrets/" + name, "utf8").trim();
const members = ["mongodb-1", "mongodb-2", "mongodb-3"];

// asRoot is a connection to the whole set, or null while root does not exist.
function asRoot() {
  try {
    return connect("mongodb://root:" + secret("mongodb-root-password") + "@" + members.join(",") +
      "/admin?replicaSet=rs0&serverSelectionTimeoutMS=30000");
  } catch (e) {
    print("root cannot sign in yet: " + e.message);
    return null;
  }
}

function makeRoot() {
  const admin = connect("mongodb://127.0.0.1/admin?directConnection=true");
  try {
    // The first member is preferred, so that it is the primary here.
    admin.adminCommand({ replSetInitiate: { _id: "rs0",
      members: members.map((host, i) => ({ _id: i, host: host + ":27017", priority: i === 0 ? 2 : 1 })) } });
  } catch (e) {
    if (e.codeName !== "AlreadyInitialized") print("replica set: " + e.message);
  }
  for (let n = 0; n < 120 && !admin.hello().isWritablePrimary; n++) sleep(500);
  admin.createUser({ user: "root", pwd: secret("mongodb-root-password"), roles: ["root"] });
}

let admin = asRoot();
if (admin === null) {
  makeRoot();
  admin = asRoot();
}
const users = admin.getSiblingDB("sotay");
if (users.getUser("sotay") === null) {
  users.createUser({ user: "sotay", pwd: secret("mongodb-password"), roles: [{ role: "readWrite", db: "sotay" }] });
}
print("the replica set is ready");
