using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Hosting;

/// <summary>
/// The console inside a host. It has services and a pipeline of its own, which are built when the first of its pages is
/// asked for, so that a program whose console nobody opens neither starts later nor takes more memory for it.
/// </summary>
/// <param name="host">The host's services; the console takes its logging and environment from them.</param>
/// <param name="door">The way to the public API, and to sessions.</param>
public sealed class WebConsole(IServiceProvider host, IConsoleDoor door) : IAsyncDisposable
{
    /// <summary>First segments of the console's addresses, besides the root.</summary>
    private static readonly FrozenSet<string> Segments = new[]
    {
        "_blazor", "_framework", "console", "sign-in", "sign-out", "endpoints", "rollouts", "models", "promotions",
        "datasets", "runs", "monitoring", "alerts", "value", "administration",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        Segments.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly Lazy<ConsolePipeline> _pipeline = new(() => ConsolePipeline.Build(host, door));

    /// <summary>The request is for an address of the console. The root belongs to others too.</summary>
    public static bool Owns(HttpRequest request)
    {
        var path = request.Path.Value.AsSpan();
        if (path.Length < 2)
            return false;
        path = path[1..];
        var end = path.IndexOf('/');
        return BySpan.Contains(end < 0 ? path : path[..end]);
    }

    /// <summary>A browser asks for a page.</summary>
    public static bool AsksForPage(HttpRequest request)
    {
        foreach (var accept in request.Headers.Accept)
        {
            if (accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true)
                return true;
        }

        return false;
    }

    /// <summary>Answers a request for one of the console's addresses.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var pipeline = _pipeline.Value;
        var outer = context.RequestServices;
        await using var scope = pipeline.Services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await pipeline.Invoke(context);
        }
        finally
        {
            context.RequestServices = outer;
        }
    }

    public ValueTask DisposeAsync() =>
        _pipeline.IsValueCreated ? _pipeline.Value.DisposeAsync() : ValueTask.CompletedTask;
}
