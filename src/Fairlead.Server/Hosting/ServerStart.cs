using System.Net.Sockets;
using System.Security.Cryptography;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Server.Storage;
using Fairlead.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Server.Hosting;

/// <summary>Builds the host and starts it; what an operator can put right is told in one sentence.</summary>
public static class ServerStart
{
    /// <summary>
    /// Returns the running server. Throws <see cref="ServerStartException"/> when the options, the folder, the
    /// addresses, a certificate or the database keep it from starting; everything that had begun is ended by then.
    /// </summary>
    public static async Task<WebApplication> RunAsync(
        ServeOptions serve, ControlPlaneOptions control, CancellationToken cancellation)
    {
        WebApplication? app = null;
        try
        {
            app = FairleadHost.Create(serve, control);
            await app.StartAsync(cancellation);

            // Where models were served, a runtime that cannot be loaded must end the start, not fail them one by one.
            if (app.Services.GetRequiredService<LoadJournal>().LoadedBefore)
                _ = OnnxEnvironment.Plan;
            if (serve.JsonLogs)
                Logger(app).Answering(string.Join(" and ", app.Urls));
            return app;
        }
        catch (Exception failure)
        {
            if (app is not null)
                await EndAsync(app);
            if (WhyNot(failure, serve, control) is { } why)
                throw new ServerStartException(why, failure);
            throw;
        }
    }

    private static ILogger Logger(WebApplication app) =>
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServerStart).FullName!);

    /// <summary>
    /// The services that started before the failing one still work in the background; disposing alone would pull the
    /// storage away under them.
    /// </summary>
    private static async Task EndAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The failure that ended the start is the one to tell; this one comes of being stopped half-way.
        }
    }

    private static string? WhyNot(Exception failure, ServeOptions serve, ControlPlaneOptions control) => failure switch
    {
        ProtectedModeException or DataFolderInUseException or DataFolderException or ForeignDatabaseException =>
            failure.Message,
        ModelLoadException or RefusalException or ArgumentException => failure.Message,
        OptionsValidationException options => string.Join(" ", options.Failures),
        IOException { InnerException: AddressInUseException } => $"{failure.Message.TrimEnd('.')}. Stop the program "
            + "that listens there, or name other addresses with --http and --grpc.",
        SocketException => $"Cannot listen on {serve.Http} and {serve.Grpc}: {failure.Message}.",
        FormatException => $"An address of the configuration cannot be read: {failure.Message}",
        InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" } => failure.Message,
        CryptographicException => $"A certificate of the configuration cannot be used: {failure.Message}",
        SqliteException => $"The database in '{control.DataFolder}' cannot be opened: {failure.Message}",
        UnauthorizedAccessException or IOException => $"A file cannot be used: {failure.Message}",
        _ => null,
    };
}

/// <summary>The server did not start, for a reason that its operator can put right; the message says which.</summary>
public sealed class ServerStartException(string message, Exception inner) : Exception(message, inner);
