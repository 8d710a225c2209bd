using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Problems;

/// <summary>
/// The page that a list request asks for. The token is the last key of the page before, so that a page stays right
/// while entries come and go, and costs the same however deep it lies.
/// </summary>
internal readonly record struct PageQuery(int Limit, string? After)
{
    public static PageQuery Of(HttpContext context)
    {
        var limit = RequestQuery.Number(context, "limit") ?? Page<int>.DefaultLimit;
        if (limit is < 1 or > Page<int>.MaxLimit)
            throw Fault("limit", $"'limit' is 1 to {Page<int>.MaxLimit}.");

        var token = RequestQuery.Text(context, "pageToken");
        return new PageQuery((int)limit, token is null ? null : Decode(token));
    }

    /// <summary>The last key as a number; null on the first page.</summary>
    public long? AfterNumber => After switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Fault("pageToken", "The page token is not one of this list."),
    };

    /// <summary>
    /// Makes a page from rows, of which one more than the limit was read to see whether there are more.
    /// </summary>
    public Page<TItem> Page<TRow, TItem>(IReadOnlyList<TRow> rows, Func<TRow, TItem> item, Func<TRow, object> key)
    {
        var more = rows.Count > Limit;
        var last = more ? Convert.ToString(key(rows[Limit - 1]), CultureInfo.InvariantCulture)! : null;
        return new Page<TItem>(
            [.. rows.Take(Limit).Select(item)],
            last is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last)));
    }

    private static string Decode(string token)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            return text.Contains('\0') ? throw new FormatException() : text;
        }
        catch (FormatException)
        {
            throw Fault("pageToken", "The page token is not one that this server gave.");
        }
    }

    private static RefusalException Fault(string name, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_parameter", message) { Field = name });
}
