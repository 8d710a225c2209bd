using Fairlead.Core.Tracking.Search;

namespace Fairlead.Server.Tracking.Search;

/// <summary>
/// Prompts, which MLflow keeps among models and versions and which are none: a tag tells them apart, and they are found
/// only by who asks for it.
/// </summary>
internal static class Prompts
{
    private const string Tag = "mlflow.prompt.is_prompt";

    /// <summary>The condition that keeps prompts out of a search whose filter says nothing of them.</summary>
    /// <param name="tags">The column of the tags.</param>
    public static string Hidden(SqlText sql, string? filter, string tags) =>
        filter?.Contains(Tag, StringComparison.Ordinal) == true ? "" : None(sql, tags);

    /// <summary>A comparison of a tag.</summary>
    /// <param name="tags">The column of the tags.</param>
    public static string OfTag(SqlText sql, string tags, SearchComparison comparison) =>

        // MLflow's own clients ask for what is no prompt in these words, and mean what never had the tag too.
        comparison is { Operator: SearchOperator.NotEqual, Field.Key: Tag }
            ? None(sql, tags)
            : SearchConditions.Of(sql, sql.JsonValue(tags, comparison.Field.Key), comparison, mayBeMissing: true);

    private static string None(SqlText sql, string tags) => $"COALESCE({sql.JsonValue(tags, Tag)}, '') <> 'true'";
}
