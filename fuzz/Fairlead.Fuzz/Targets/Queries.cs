using System.Text;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Fuzz.Targets;

/// <summary>What stands behind the question mark of an address, page tokens included.</summary>
internal sealed class Queries : IFuzzTarget
{
    public static string Name => "query";

    public static IEnumerable<Type> Covers => [typeof(RequestQuery), typeof(PageQuery), typeof(PageToken)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               $"?limit=10&pageToken={PageToken.Write("größe")}", $"?pageToken={PageToken.Write("17")}",
               "?wait=1.5s&since=2026-01-31T12:00:00Z&flag", "?flag=true&wait=0&since=2026-02-30",
               "?a=1&a=2&limit=9999",
               "?pageToken=AA&pageToken=%00"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var context = new DefaultHttpContext();
        var text = Encoding.UTF8.GetString(data);
        context.Request.QueryString = new QueryString(text.StartsWith('?') ? text : "?" + text);
        Refusable(() => RequestQuery.Flag(context, "flag"));
        Refusable(() => RequestQuery.Instant(context, "since"));
        Refusable(() => RequestQuery.Number(context, "limit"));
        Refusable(() =>
        {
            if (RequestQuery.Duration(context, "wait") is { Ticks: < 0 } wait)
                throw new InvalidOperationException($"A wait of {wait}.");
        });
        Refusable(() =>
        {
            var page = PageQuery.Of(context);
            if (page.Limit is < 1 or > 1000 || page.After?.Contains('\0') == true)
                throw new InvalidOperationException($"A page of {page.Limit} after '{page.After}'.");
            _ = page.AfterNumber;
        });

        // A token that this server gave is read as what it was made of.
        if (Encoding.UTF8.GetByteCount(text) == data.Length && !text.Contains('\0')
            && !(PageToken.TryRead(PageToken.Write(text), out var back) && back == text))
        {
            throw new InvalidOperationException($"The token of '{text}' is not read.");
        }
    }

    private static void Refusable(Action read)
    {
        try
        {
            read();
        }
        catch (RefusalException)
        {
            // It says which parameter is wrong.
        }
    }
}
