using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Server;
using Fairlead.Server.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Cli.Verbs.Serving;

/// <summary>Runs the server until it is told to stop. Every option can also come from the environment.</summary>
internal sealed class ServeVerb
{
    private const string HttpVariable = "FAIRLEAD_HTTP";
    private const string GrpcVariable = "FAIRLEAD_GRPC";
    private const string ArtifactsVariable = "FAIRLEAD_ARTIFACTS";
    private const string EndpointVariable = "FAIRLEAD_DEFAULT_ENDPOINT";

    private const string PrometheusVariable = "FAIRLEAD_PROMETHEUS";
    private const string TargetsVariable = "FAIRLEAD_WEBHOOK_TARGETS";

    private readonly StorageOptions _storage = new();

    private readonly Option<string?> _http = StorageOptions.Setting(
        "--http", "address:port", "Where HTTP is answered", HttpVariable, ServeOptions.DefaultHttp);

    private readonly Option<string?> _grpc = StorageOptions.Setting(
        "--grpc", "address:port", "Where gRPC is answered", GrpcVariable, ServeOptions.DefaultGrpc);

    private readonly Option<string?> _artifacts = StorageOptions.Setting(
        "--artifacts", "folder", "The artifact store, shared by replicas", ArtifactsVariable, "below --data");

    private readonly Option<string?> _endpoint = StorageOptions.Setting(
        "--default-endpoint", "name", "The endpoint of routes without a name", EndpointVariable, "none");

    private readonly Option<string?> _prometheus = StorageOptions.Setting(
        "--prometheus", "address", "The Prometheus server that checks of rollouts may ask", PrometheusVariable, "none");

    private readonly Option<string?> _targets = StorageOptions.Setting(
        "--webhook-targets", "any|public", "Where webhooks and alerts may be sent", TargetsVariable, "any");

    private readonly Option<int> _runs = Options.Of<int>(
        "--concurrent-runs", "n", "Most model runs at once [default: one a processor]");

    private readonly Option<TimeSpan?> _drain = Options.Duration(
        "--drain-delay", "How long to answer on as not ready before stopping [default: 0s on loopback, else 5s]");

    private readonly Option<TimeSpan?> _grace = Options.Duration(
        "--contact-grace", "Silence of the database after which rollouts go back to stable here [default: 1m]");

    private readonly Option<string> _log = new("--log")
    {
        Description = "Form of the log lines",
        HelpName = "text|json",
        DefaultValueFactory = _ => "text",
    };

    // Text, not the enumeration: its type would load the web server's assemblies into every verb.
    private readonly Option<string> _level = new("--log-level")
    {
        Description = "Least severe log lines",
        HelpName = "level",
        DefaultValueFactory = _ => "information",
    };

    public static Command Create(Terminal terminal)
    {
        var verb = new ServeVerb();
        verb._log.AcceptOnlyFromAmong("text", "json");
        verb._level.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error", "critical", "none");
        return new Command("serve", "Run the server")
        {
            verb._storage.Data, verb._http, verb._grpc, verb._storage.Postgres, verb._artifacts, verb._endpoint,
            verb._prometheus, verb._targets, verb._runs, verb._drain, verb._grace, verb._log, verb._level,
        }.Runs(terminal, verb.RunAsync);
    }

    private async Task RunAsync(Call call, CancellationToken cancellation)
    {
        string? Given(Option<string?> option, string variable) => StorageOptions.Given(call, option, variable);

        var serve = new ServeOptions
        {
            Http = Given(_http, HttpVariable) ?? ServeOptions.DefaultHttp,
            Grpc = Given(_grpc, GrpcVariable) ?? ServeOptions.DefaultGrpc,
            DefaultEndpoint = Given(_endpoint, EndpointVariable),
            ConcurrentRuns = call.Value(_runs),
            DrainDelay = call.Value(_drain),
            JsonLogs = call.Value(_log) == "json",
            LogLevel = Enum.Parse<LogLevel>(call.Value(_level), ignoreCase: true),
        };
        var control = new ControlPlaneOptions
        {
            DataFolder = _storage.Folder(call),
            PostgresConnection = _storage.Connection(call),
            ArtifactFolder = Given(_artifacts, ArtifactsVariable),
            PrometheusAddress = Given(_prometheus, PrometheusVariable),
            PublicTargetsOnly = Given(_targets, TargetsVariable) switch
            {
                null or "any" => false,
                "public" => true,
                var other => throw CliException.Usage(
                    $"'{other}' is neither any nor public; write --webhook-targets public, or leave it out."),
            },
            AdminKey = call.Terminal.Environment("FAIRLEAD_ADMIN_KEY"),
            ListenHosts = [HostOf(serve.Http), HostOf(serve.Grpc)],
        };

        control.ContactGrace = call.Value(_grace) ?? control.ContactGrace;
        await using var app = await Starting.RunAsync(serve, control, cancellation);
        if (!serve.JsonLogs)
            call.Note($"Fairlead answers on {string.Join(" and ", app.Urls)}; stop it with Ctrl-C.");
        await app.WaitForShutdownAsync(cancellation);
    }

    private static string HostOf(string address) =>
        address.LastIndexOf(':') is > 0 and var colon ? address[..colon].Trim('[', ']') : address;
}
