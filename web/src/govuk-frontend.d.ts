// govuk-frontend comes without types; these are the parts of it that we use.
declare module "govuk-frontend" {
  type Component = abstract new (...args: never[]) => object;
  export const Button: Component;
  export const ErrorSummary: Component;
  export const SkipLink: Component;
  export function createAll(component: Component): void;
}
