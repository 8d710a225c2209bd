using Fairlead.Web.Layout;
using Fairlead.Web.Live;
using Microsoft.AspNetCore.Components;

namespace Fairlead.Web.Components;

/// <summary>
/// A page that shows what is going on: it begins with a reading and is rendered again at every further one. A page that
/// reads more of its own overrides <see cref="RefreshAsync"/>.
/// </summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private IDisposable? _watching;
    private bool _refreshing;

    [Inject]
    protected Visitor Visitor { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>The last reading; null before the first one.</summary>
    protected LiveState? State { get; private set; }

    /// <summary>The page is gone; what it still reads is not shown.</summary>
    protected bool IsGone { get; private set; }

    public void Dispose()
    {
        IsGone = true;
        _watching?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override async Task OnInitializedAsync() => State = await Visitor.Live.NowAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _watching = Visitor.Live.Watch(state => _ = InvokeAsync(() => TakeAsync(state)));
    }

    /// <summary>What the page reads by itself, after each reading of the feed; one at a time.</summary>
    protected virtual Task RefreshAsync() => Task.CompletedTask;

    private async Task TakeAsync(LiveState state)
    {
        if (_refreshing || IsGone || state.SignedOut)
            return;
        _refreshing = true;
        try
        {
            State = state;
            await RefreshAsync();
        }
        catch (Exception failure) when (!IsGone)
        {
            await DispatchExceptionAsync(failure);
        }
        finally
        {
            _refreshing = false;
        }

        if (!IsGone)
            StateHasChanged();
    }
}
