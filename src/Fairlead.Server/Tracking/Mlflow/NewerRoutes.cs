using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Microsoft.AspNetCore.Routing;
using static Fairlead.Server.Tracking.Mlflow.MlflowRoutes;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>
/// What clients of 3.x ask of <c>/api/3.0</c>, and clients before them of traces. Traces are not stored: a search finds
/// none, and to log one is refused with a status that clients do not repeat for minutes.
/// </summary>
internal static class NewerRoutes
{
    private static readonly string[] Prefixes = ["/api/3.0/mlflow/", "/ajax-api/3.0/mlflow/"];

    public static void MapNewer(this IEndpointRouteBuilder routes)
    {
        routes.Reads("GET", "traces", _ => Task.FromResult(Nothing));
        foreach (var prefix in Prefixes)
        {
            routes.Answers("GET", prefix + "server-info", Role.Viewer, _ => Task.FromResult<
                Action<System.Text.Json.Utf8JsonWriter>>(json =>
            {
                json.WriteString("store_type", "SqlStore");
                json.WriteBoolean("workspaces_enabled", false);
            }));
            routes.Answers("POST", prefix + "traces/search", Role.Viewer, _ => Task.FromResult(Nothing));
            routes.Answers("POST", prefix + "traces", Role.Operator, _ => throw new RefusalException(new Refusal(
                RefusalKind.NotFound, "traces_not_stored", "Traces are not stored by this server.")));
        }
    }
}
