using System.Text;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Tracking.Search;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Filters and orders of searches: what is read prints as what reads the same, and no text of a caller gets into a
/// statement.
/// </summary>
internal sealed class SearchFilters : IFuzzTarget
{
    public static string Name => "search-filters";

    public static IEnumerable<Type> Covers => [typeof(SearchFilter), typeof(SearchQuery)];

    public static IEnumerable<byte[]> Seeds =>
    [
        "metrics.acc > 0.5 AND params.model = 'tree' AND"u8.ToArray(),
        "NOT (tags.\"a key\" ILIKE '%x_' OR `run name` IN ('a', \"b\",)) and end_time >= -1.5e3"u8.ToArray(),
        "dataset.digest != 'it''s' or attributes.status not in ('FAILED')"u8.ToArray(),
        "metrics.`loss/val` DESC"u8.ToArray(),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        foreach (var schema in (SearchSchema[])[SearchSchema.Runs, SearchSchema.ModelVersions])
        {
            try
            {
                var filter = SearchFilter.Parse(text, schema);
                if (SearchFilter.Parse(filter.ToString(), schema) is var again && !again.Equals(filter))
                    throw new InvalidOperationException($"{filter} reads as {again}.");
            }
            catch (RefusalException refused) when (refused.Refusals[0].Code == "invalid_filter")
            {
                // Not a filter.
            }

            try
            {
                SearchFilter.ParseOrder([text], schema);
            }
            catch (RefusalException refused) when (refused.Refusals[0].Code == "invalid_order")
            {
                // Not an order.
            }
        }

        Statement(text);
    }

    private static void Statement(string text)
    {
        SearchNode filter;
        try
        {
            filter = SearchFilter.Parse(text, SearchSchema.Runs);
        }
        catch (RefusalException)
        {
            return;
        }

        // Every text of the caller is of a shape that no statement of ours has.
        const string mark = "\u0001";
        var marked = Marked(filter, mark);
        var statement = new SearchQuery(
            new RunTable(new Dictionary<string, int>(), [0]), new SqlText(isPostgres: true), marked, []).Statement;
        if (statement.Contains(mark, StringComparison.Ordinal))
            throw new InvalidOperationException($"A text of the caller got into {statement}.");
    }

    private static SearchNode Marked(SearchNode node, string mark) => node switch
    {
        SearchAll all => new SearchAll([.. all.Parts.Select(part => Marked(part, mark))]),
        SearchAny any => new SearchAny([.. any.Parts.Select(part => Marked(part, mark))]),
        SearchNot not => new SearchNot(Marked(not.Part, mark)),
        SearchComparison comparison => comparison with
        {
            Field = comparison.Field.Entity is SearchEntity.Attribute or SearchEntity.Dataset
                ? comparison.Field
                : comparison.Field with { Key = comparison.Field.Key + mark },
            Values = [.. comparison.Values.Select(value => double.IsNaN(value.Number)
                ? SearchValue.OfText(value.Text + mark)
                : value)],
        },
        _ => node,
    };
}
