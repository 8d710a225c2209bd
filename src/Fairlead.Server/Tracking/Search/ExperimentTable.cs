using System.Data.Common;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Tracking.Search;

/// <summary>Experiments as they lie in the tables.</summary>
/// <param name="isOrdered">The caller asked for an order of his own.</param>
internal sealed class ExperimentTable(bool isOrdered) : SearchTable
{
    public override SearchSchema Schema => SearchSchema.Experiments;

    public override string Columns =>
        "e.number, e.name, e.artifact_location, e.tags, e.created_at, e.changed_at, e.deleted_at";

    public override string From => "experiments e";

    public override IReadOnlyList<SearchTerm> Ties { get; } = isOrdered
        ? [new("e.number", SearchTermType.Integer, Descending: true)]
        :
        [
            new("e.created_at", SearchTermType.Integer, Descending: true),
            new("e.number", SearchTermType.Integer, Descending: false),
        ];

    public static ExperimentRow Read(DbDataReader row) => new()
    {
        Number = row.GetInt32(0),
        Name = row.GetString(1),
        ArtifactLocation = row.GetString(2),
        Tags = row.GetString(3),
        CreatedAt = row.GetInt64(4),
        ChangedAt = row.GetInt64(5),
        DeletedAt = row.IsDBNull(6) ? null : row.GetInt64(6),
    };

    public override SearchExpression Attribute(SqlText sql, string name) => name switch
    {
        "name" => new("e.name", SearchTermType.Text),
        "experiment_id" => new("CAST(e.number AS TEXT)", SearchTermType.Text),
        "creation_time" => new("(e.created_at / 1000)", SearchTermType.Integer),
        _ => new("(e.changed_at / 1000)", SearchTermType.Integer),
    };

    public override string Condition(SqlText sql, SearchComparison comparison) => SearchConditions.Of(
        sql, sql.JsonValue("e.tags", comparison.Field.Key), comparison, mayBeMissing: true);

    public override SearchJoin Join(SqlText sql, SearchField field, string alias) =>
        new("", sql.JsonValue("e.tags", field.Key), SearchTermType.Text);
}
