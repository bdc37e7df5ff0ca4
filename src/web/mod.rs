//! All that knows HTTP. A handler asks who calls, hands the work to a room, and says what came of it.

pub mod api;
mod auth;
mod body;
mod compress;
mod content;
mod cookie;
mod form;
mod middleware;
mod openapi;
mod pages;
mod parts;
mod problem;
mod range;
mod routes;
mod same_origin;
mod schema;
mod shared_body;
mod state;
mod tus;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App as ActixApp, HttpServer, web};
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

pub use pages::assets::are_built as has_front_end;
pub use problem::{Code, Problem};
pub use state::{App, Parts};

/// How long a connection may idle between two requests: longer than a proxy before it keeps one.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take over the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// The server on a bound socket; it runs once it is awaited, and until it is stopped by its handle.
///
/// # Errors
/// When the socket cannot be listened on.
pub fn serve(app: App, listener: TcpListener, shutdown: Duration) -> io::Result<Server> {
    app.listens_on(listener.local_addr()?);
    let state = web::Data::new(app);
    let server = HttpServer::new(move || {
        let (actix, mut api) = ActixApp::new()
            .into_utoipa_app()
            .openapi(openapi::description())
            .configure(routes::described)
            .split_for_parts();
        openapi::complete(&mut api);
        actix
            .app_data(state.clone())
            .app_data(web::Data::new(api))
            .configure(routes::readers)
            .service(web::resource("/api/openapi.json").get(openapi::json))
            .service(web::resource("/api/problems").get(openapi::problems))
            .service(web::redirect("/api/docs", "/api/docs/"))
            .configure(routes::pages)
            .service(SwaggerUi::new("/api/docs/{_:.*}").config(Config::from("/api/openapi.json")))
            .default_service(web::to(routes::elsewhere))
            .wrap(from_fn(same_origin::guard))
            .wrap(from_fn(tus::speak))
            .wrap(from_fn(middleware::tell))
            // Around the one above, which makes pages of refusals.
            .wrap(from_fn(compress::pages))
            .wrap(TracingLogger::<middleware::RequestSpan>::new())
    });
    let server = server
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        .shutdown_timeout(shutdown.as_secs())
        .disable_signals()
        .tcp_nodelay(true)
        .listen(listener)?;
    Ok(server.run())
}
