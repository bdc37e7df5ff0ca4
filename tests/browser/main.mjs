import "./people.mjs";
import "./apprentice.mjs";
import "./admin.mjs";
import { run } from "./harness.mjs";

await run(process.argv.slice(2));
