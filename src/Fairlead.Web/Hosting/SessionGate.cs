using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Hosting;

/// <summary>
/// Lets nobody past who has not signed in, where the server asks for keys. What a page may read and do is decided by
/// the public API at every call; this only spares an empty page.
/// </summary>
internal static class SessionGate
{
    /// <summary>How long a browser stays signed in.</summary>
    public static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    public const string Cookie = "fairlead-session";

    private const string KeyClaim = "fairlead-key";
    private const string EndClaim = "fairlead-end";

    public static Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var door = context.RequestServices.GetRequiredService<IConsoleDoor>();
        if (!door.AsksForKeys)
            return next(context);

        if (context.Request.Cookies.TryGetValue(Cookie, out var text) && door.Read(text) is { } session
            && door.IsValid(session))
        {
            context.User = UserOf(session);
            return next(context);
        }

        return IsOpen(context.Request.Path) ? next(context) : TurnAwayAsync(context);
    }

    /// <summary>The session that a circuit or page was opened with; null where nobody signs in.</summary>
    public static ConsoleSession? SessionOf(ClaimsPrincipal user) =>
        long.TryParse(user.FindFirstValue(KeyClaim), CultureInfo.InvariantCulture, out var key)
        && long.TryParse(user.FindFirstValue(EndClaim), CultureInfo.InvariantCulture, out var end)
            ? new ConsoleSession(key, DateTimeOffset.FromUnixTimeSeconds(end))
            : null;

    public static ClaimsPrincipal UserOf(ConsoleSession session) => new(new ClaimsIdentity(
    [
        new Claim(KeyClaim, session.KeyId.ToString(CultureInfo.InvariantCulture)),
        new Claim(EndClaim, session.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
    ], "fairlead"));

    private static bool IsOpen(PathString path) =>
        path.StartsWithSegments("/sign-in", StringComparison.Ordinal)
        || path.StartsWithSegments("/sign-out", StringComparison.Ordinal)
        || path.StartsWithSegments("/console", StringComparison.Ordinal);

    private static Task TurnAwayAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && WebConsole.AsksForPage(context.Request))
        {
            var wanted = context.Request.Path + context.Request.QueryString;
            context.Response.Redirect(SignInRoutes.AddressFor(wanted));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }
}
