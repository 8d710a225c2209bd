using Fairlead.Core.Tracking;
using Fairlead.Core.Tracking.Search;

namespace Fairlead.Server.Tracking.Search;

/// <summary>Runs as they lie in the tables.</summary>
/// <param name="metrics">The numbers of the metrics that the search names; a name that has none is missing.</param>
/// <param name="experiments">The experiments that are searched.</param>
internal sealed class RunTable(IReadOnlyDictionary<string, int> metrics, IReadOnlyList<int> experiments) : SearchTable
{
    /// <summary>The columns of a run with its experiment's root of artifacts.</summary>
    public const string RunColumns = "r.number, r.id, r.experiment, r.name, r.user_id, r.status, r.start_time, "
        + "r.end_time, r.deleted_at, e.artifact_location";

    private static readonly string StatusName = "CASE r.status " + string.Concat(Enum.GetValues<RunStatus>()
        .Select(status => $"WHEN {(int)status} THEN '{RunStatuses.NameOf(status)}' ")) + "END";

    public override SearchSchema Schema => SearchSchema.Runs;

    public override string Columns => RunColumns;

    public override string From => "runs r CROSS JOIN experiments e";

    public override IReadOnlyList<SearchTerm> Ties { get; } =
    [
        new("r.start_time", SearchTermType.Integer, Descending: true),
        new("r.id", SearchTermType.Text, Descending: false),
    ];

    public override SearchExpression Attribute(SqlText sql, string name) => name switch
    {
        "status" => new(StatusName, SearchTermType.Text),
        "run_id" => new("r.id", SearchTermType.Text),
        "run_name" => new("r.name", SearchTermType.Text),
        "user_id" => new("r.user_id", SearchTermType.Text),
        "artifact_uri" => new("(e.artifact_location || '/' || r.id || '/artifacts')", SearchTermType.Text),
        "experiment_id" => new("CAST(r.experiment AS TEXT)", SearchTermType.Text),
        "end_time" => new("r.end_time", SearchTermType.Integer, MayBeMissing: true),
        _ => new("r.start_time", SearchTermType.Integer),
    };

    public override string Condition(SqlText sql, SearchComparison comparison)
    {
        var key = comparison.Field.Key;
        switch (comparison.Field.Entity)
        {
            case SearchEntity.Metric:
                var value = SearchConditions.Of(sql, "x.value", comparison, mayBeMissing: false);
                return $"EXISTS (SELECT 1 FROM latest_metrics x WHERE x.run = r.number AND x.key = {Metric(sql, key)} "
                    + $"AND x.nan = 0 AND {value})";
            case SearchEntity.Dataset:
                return DatasetCondition(sql, comparison);
            default:
                var table = comparison.Field.Entity == SearchEntity.Tag ? "run_tags" : "run_parameters";
                return $"EXISTS (SELECT 1 FROM {table} x WHERE x.run = r.number AND x.key = {sql.Add(key)} AND "
                    + $"{SearchConditions.Of(sql, "x.value", comparison, mayBeMissing: false)})";
        }
    }

    public override SearchJoin Join(SqlText sql, SearchField field, string alias)
    {
        if (field.Entity == SearchEntity.Metric)
        {
            return new SearchJoin(
                $"LEFT JOIN latest_metrics {alias} ON {alias}.run = r.number AND {alias}.key = "
                + Metric(sql, field.Key), $"{alias}.value", SearchTermType.Real, $"{alias}.nan");
        }

        var table = field.Entity == SearchEntity.Tag ? "run_tags" : "run_parameters";
        return new SearchJoin(
            $"LEFT JOIN {table} {alias} ON {alias}.run = r.number AND {alias}.key = {sql.Add(field.Key)}",
            $"{alias}.value", SearchTermType.Text);
    }

    public override SearchJoin? Lead(SqlText sql, SearchField field, string alias) =>
        field.Entity != SearchEntity.Metric
            ? null
            : new SearchJoin($"latest_metrics {alias}", $"{alias}.value", SearchTermType.Real, $"{alias}.nan")
            {
                On = $"{alias}.key = {Metric(sql, field.Key)} AND {In(sql, $"{alias}.experiment")} "
                    + $"AND r.number = {alias}.run",
            };

    public override string Scope(SqlText sql) => In(sql, "r.experiment");

    /// <summary>The condition that a column names one of the experiments.</summary>
    private string In(SqlText sql, string column) => experiments.Count == 1
        ? $"{column} = {sql.Add(experiments[0])}"
        : sql.In(column, experiments);

    private string Metric(SqlText sql, string name) => sql.Add(metrics.TryGetValue(name, out var known) ? known : -1);

    private static string DatasetCondition(SqlText sql, SearchComparison comparison)
    {
        var expression = comparison.Field.Key switch
        {
            "name" => "d.name",
            "digest" => "d.digest",
            _ => sql.JsonValue("i.tags", "mlflow.data.context"),
        };
        return "EXISTS (SELECT 1 FROM run_inputs i JOIN run_datasets d ON d.id = i.dataset WHERE i.run = r.number AND "
            + $"{SearchConditions.Of(sql, expression, comparison, mayBeMissing: true)})";
    }
}
