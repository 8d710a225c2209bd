using System.Diagnostics;

namespace Fairlead.Server.CrashHost;

/// <summary>
/// Watches what is written to the bucket, and lets the process meet its end before or after the first, second, …
/// write of its life: <c>before-put-1</c>, <c>after-delete-2</c>.
/// </summary>
internal sealed class BucketWrites(CrashOrder crash, Uri bucket)
    : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private int _puts;
    private int _deletes;

    /// <summary>The server that an address of a bucket names.</summary>
    public static Uri ServerOf(string address) => new(address[(address.IndexOf('=') + 1)..]);

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "HttpHandlerDiagnosticListener")
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        var begins = value.Key.EndsWith("HttpRequestOut.Start", StringComparison.Ordinal);
        if (!begins && !value.Key.EndsWith("HttpRequestOut.Stop", StringComparison.Ordinal))
            return;
        var request = (HttpRequestMessage)value.Value!.GetType().GetProperty("Request")!.GetValue(value.Value)!;
        if (request.RequestUri?.Authority != bucket.Authority)
            return;
        if (request.Method == HttpMethod.Put)
            crash.At(begins ? $"before-put-{++_puts}" : $"after-put-{_puts}");
        else if (request.Method == HttpMethod.Delete)
            crash.At(begins ? $"before-delete-{++_deletes}" : $"after-delete-{_deletes}");
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
